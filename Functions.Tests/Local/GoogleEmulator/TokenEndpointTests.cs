using System.Net;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator;

public class TokenEndpointTests : EmulatorFixture
{
    [Test]
    public async Task A_good_refresh_token_gets_a_bearer_token_in_Googles_shape()
    {
        var (status, json) = await PostTokenAsync("CANARY-a");

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(json.AsObject().Select(field => field.Key),
            Is.EqualTo(new[] { "access_token", "expires_in", "scope", "token_type" }));
        Assert.That((string?)json["access_token"], Does.StartWith("ya29."));
        Assert.That((int)json["expires_in"]!, Is.EqualTo(3599));
        Assert.That((string?)json["scope"], Is.EqualTo(
            "https://www.googleapis.com/auth/adwords https://www.googleapis.com/auth/datamanager"));
        Assert.That((string?)json["token_type"], Is.EqualTo("Bearer"));
    }

    [Test]
    public async Task Every_access_token_is_different()
    {
        var (_, first) = await PostTokenAsync("CANARY-a");
        var (_, second) = await PostTokenAsync("CANARY-a");

        Assert.That((string?)second["access_token"], Is.Not.EqualTo((string?)first["access_token"]));
    }

    [TestCase("CANARY-revoked", "refresh_token", "CANARY-c", "CANARY-s", 400, "invalid_grant",
        "Token has been expired or revoked.")]
    [TestCase("CANARY-tokendown", "refresh_token", "CANARY-c", "CANARY-s", 503, "temporarily_unavailable",
        "The service is currently unavailable.")]
    [TestCase("CANARY-a", "password", "CANARY-c", "CANARY-s", 400, "unsupported_grant_type",
        "Invalid grant_type: password")]
    [TestCase("CANARY-a", null, "CANARY-c", "CANARY-s", 400, "invalid_request",
        "Required parameter is missing: grant_type")]
    [TestCase("CANARY-a", "refresh_token", "CANARY-unknown", "CANARY-s", 401, "invalid_client",
        "The OAuth client was not found.")]
    [TestCase("CANARY-a", "refresh_token", "CANARY-c", "CANARY-wrong", 401, "invalid_client", "Unauthorized")]
    [TestCase("CANARY-a", "refresh_token", null, "CANARY-s", 400, "invalid_request",
        "Could not determine client ID from request.")]
    [TestCase("CANARY-a", "refresh_token", "CANARY-c", null, 400, "invalid_request", "client_secret is missing.")]
    [TestCase(null, "refresh_token", "CANARY-c", "CANARY-s", 400, "invalid_request",
        "Missing required parameter: refresh_token")]
    public async Task A_bad_request_gets_the_OAuth_error(
        string? refreshToken, string? grant, string? client, string? secret, int status, string error, string text)
    {
        var (answered, json) = await PostTokenAsync(refreshToken, grant, client, secret);

        Assert.That((int)answered, Is.EqualTo(status));
        Assert.That((string?)json["error"], Is.EqualTo(error));
        Assert.That((string?)json["error_description"], Is.EqualTo(text));
    }

    [Test]
    public async Task A_slow_token_is_answered_after_the_delay_and_not_before()
    {
        Emulator.SlowTokenDelay = TimeSpan.FromMinutes(1);
        var answer = PostTokenAsync("CANARY-slow");
        await Eventually.TrueAsync(() => Emulator.TokenCalls.Count == 2);
        Assert.That(Emulator.TokenCalls[1].Status, Is.Null);

        await Eventually.TrueAsync(() =>
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            return answer.IsCompleted;
        });

        Assert.That((await answer).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Token_calls_are_listed_with_their_status()
    {
        await PostTokenAsync("CANARY-revoked");

        var call = Emulator.TokenCalls[^1];
        Assert.That(
            (call.GrantType, call.ClientId, call.RefreshToken, call.Status),
            Is.EqualTo(("refresh_token", "CANARY-client", "CANARY-revoked", 400)));
        Assert.That(call.ToString(), Is.EqualTo("[redacted]"));
    }

    [Test]
    public async Task The_endpoint_can_fail_for_all_tokens_and_refuse_a_single_one()
    {
        Emulator.SetBehaviour(null, CallBehaviour.ServerError(), CallTarget.Token);
        Emulator.SetBehaviour("CANARY-withdrawn", CallBehaviour.Unauthorized, CallTarget.Token);

        var (down, _) = await PostTokenAsync("CANARY-a");
        var (withdrawn, said) = await PostTokenAsync("CANARY-withdrawn");
        Emulator.SetBehaviour(null, CallBehaviour.Normal, CallTarget.Token);
        var (up, _) = await PostTokenAsync("CANARY-a");

        Assert.That(
            (down, withdrawn, up),
            Is.EqualTo((HttpStatusCode.ServiceUnavailable, HttpStatusCode.BadRequest, HttpStatusCode.OK)));
        Assert.That((string?)said["error"], Is.EqualTo("invalid_grant"));
    }

    [Test]
    public async Task An_upload_with_an_expired_access_token_is_unauthenticated()
    {
        Time.Advance(TimeSpan.FromSeconds(3599));

        var (status, json) = await UploadAsync(Row(1));

        Assert.That(status, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((string?)json["error"]!["status"], Is.EqualTo("UNAUTHENTICATED"));
        Assert.That(Summaries(json), Is.EqualTo(new[] { "authenticationError/OAUTH_TOKEN_EXPIRED" }));
        Assert.That(Emulator.EffectCount, Is.Zero);
    }

    [TestCase("Bearer ya29.never-issued", "OAUTH_TOKEN_INVALID")]
    [TestCase("Basic abc", "OAUTH_TOKEN_INVALID")]
    [TestCase(null, "AUTHENTICATION_ERROR")]
    public async Task An_upload_with_an_unknown_access_token_is_unauthenticated(string? header, string code)
    {
        Http.DefaultRequestHeaders.Remove("Authorization");
        if (header is not null)
            Http.DefaultRequestHeaders.Add("Authorization", header);

        var (status, json) = await UploadAsync(Row(1));

        Assert.That(status, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(Summaries(json), Is.EqualTo(new[] { $"authenticationError/{code}" }));
        Assert.That(Emulator.Calls[^1].RefreshToken, Is.Null);
    }
}
