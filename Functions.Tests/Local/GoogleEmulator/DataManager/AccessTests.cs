using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.DataManager;

public class AccessTests : DataManagerFixture
{
    private const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private const string Robot = "robot@shop.iam.gserviceaccount.com";

    [TestCase("Bearer ya29.never-issued", "ACCESS_TOKEN_TYPE_UNSUPPORTED")]
    [TestCase(null, "CREDENTIALS_MISSING")]
    public async Task An_unknown_access_token_is_unauthenticated(string? header, string reason)
    {
        Http.DefaultRequestHeaders.Remove("Authorization");
        if (header is not null)
            Http.DefaultRequestHeaders.Add("Authorization", header);

        var (status, json) = await IngestAsync(Event(1));

        AssertRefused(status, json, 401, "UNAUTHENTICATED", reason);
        Assert.That((await GetStatusAsync("t-1")).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task An_expired_access_token_is_unauthenticated()
    {
        Time.Advance(TimeSpan.FromSeconds(3599));

        var (status, json) = await IngestAsync(Event(1));

        AssertRefused(status, json, 401, "UNAUTHENTICATED", "ACCESS_TOKEN_EXPIRED");
    }

    [Test]
    public async Task A_token_with_the_Ads_scope_alone_is_denied_and_still_uploads_to_the_Ads_API()
    {
        await UseTokenOfAsync("CANARY-adwordsonly");

        var (status, json) = await IngestAsync(Event(1));

        AssertRefused(status, json, 403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
        Assert.That((await UploadAsync(Row(1))).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_service_account_gets_a_token_and_owns_its_calls()
    {
        var (status, json) = await PostAssertionAsync(
            Jwt($$"""{"iss":"{{Robot}}","scope":"https://www.googleapis.com/auth/datamanager"}"""));
        Http.DefaultRequestHeaders.Authorization = new("Bearer", (string?)json["access_token"]);
        var (ingested, _) = await IngestAsync(Event(1));

        Assert.That((status, ingested), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.OK)));
        Assert.That(json.AsObject().Select(field => field.Key),
            Is.EqualTo(["access_token", "expires_in", "token_type"]));
        Assert.That((Emulator.TokenCalls[^1].Issuer, Emulator.IngestCalls[0].Owner), Is.EqualTo((Robot, Robot)));
    }

    [Test]
    public async Task A_service_account_without_the_scope_is_denied()
    {
        var (_, json) = await PostAssertionAsync(
            Jwt($$"""{"iss":"{{Robot}}","scope":"https://www.googleapis.com/auth/adwords"}"""));
        Http.DefaultRequestHeaders.Authorization = new("Bearer", (string?)json["access_token"]);

        Assert.That((await IngestAsync(Event(1))).Status, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [TestCase("""{"iss":"revoked@shop.iam.gserviceaccount.com","scope":"s"}""", 400, "invalid_grant")]
    [TestCase("""{"iss":"tokendown@shop.iam.gserviceaccount.com","scope":"s"}""", 503, "temporarily_unavailable")]
    [TestCase("""{"iss":"robot@shop.iam.gserviceaccount.com"}""", 400, "invalid_scope")]
    [TestCase("""{"scope":"s"}""", 400, "invalid_grant")]
    [TestCase("[]", 400, "invalid_grant")]
    [TestCase("{", 400, "invalid_grant")]
    public async Task A_bad_assertion_gets_the_OAuth_error(string claims, int status, string error)
    {
        var (answered, json) = await PostAssertionAsync(Jwt(claims));

        Assert.That(((int)answered, (string?)json["error"]), Is.EqualTo((status, error)));
    }

    [TestCase("no-jwt")]
    [TestCase("a.!.c")]
    [TestCase(null)]
    public async Task An_assertion_that_is_no_JWT_is_an_invalid_grant(string? assertion)
    {
        var (_, json) = await PostAssertionAsync(assertion);

        Assert.That((string?)json["error"], Is.EqualTo("invalid_grant"));
    }

    private static void AssertRefused(HttpStatusCode status, JsonNode json, int expected, string name, string reason)
    {
        Assert.That(((int)status, (string?)json["error"]!["status"]), Is.EqualTo((expected, name)));
        var info = Detail(json, "ErrorInfo")!;
        Assert.That(((string?)info["reason"], (string?)info["domain"]), Is.EqualTo((reason, "googleapis.com")));
        Assert.That((string?)info["metadata"]!["service"], Is.EqualTo("datamanager.googleapis.com"));
    }

    private static string Jwt(string claims) =>
        $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.CANARY-signature";

    private Task<(HttpStatusCode Status, JsonNode Json)> PostAssertionAsync(string? assertion) =>
        PostFormAsync([new("grant_type", JwtBearer), new("assertion", assertion)]);
}
