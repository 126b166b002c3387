using System.Net;
using OpsMantik.Core.Providers;

namespace OpsMantik.Functions.Tests.Providers.GoogleAds;

public class TokenTests
{
    private GoogleAdsFixture _fixture = null!;

    [SetUp]
    public void SetUp() => _fixture = new GoogleAdsFixture();

    [TearDown]
    public void TearDown() => _fixture.Dispose();

    [Test]
    public async Task One_fetch_serves_a_credential_while_its_token_is_valid()
    {
        await _fixture.UploadOneAsync();
        _fixture.Time.Advance(TimeSpan.FromMinutes(54));
        await _fixture.UploadOneAsync();
        Assert.That(_fixture.Google.TokenRequests, Has.Count.EqualTo(1));

        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        await _fixture.UploadOneAsync();
        Assert.That(_fixture.Google.TokenRequests, Has.Count.EqualTo(2));
        Assert.That(_fixture.Google.Uploads.Last().Headers["authorization"], Is.EqualTo("Bearer CANARY-access-2"));
    }

    [Test]
    public async Task Many_callers_at_once_share_one_fetch()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var issue = _fixture.Google.OnToken;
        _fixture.Google.OnToken = async (request, cancellationToken) =>
        {
            await release.Task;
            return await issue(request, cancellationToken);
        };
        var uploads = Enumerable.Range(0, 16).Select(_ => _fixture.UploadOneAsync()).ToList();
        release.SetResult();

        var outcomes = await Task.WhenAll(uploads).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Completed));
        Assert.That(_fixture.Google.TokenRequests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Another_consent_gets_another_token()
    {
        const string Rest = "&grant_type=refresh_token&client_id=client&client_secret=CANARY-client-secret";
        var other = GoogleAdsFixture.CredentialJson.Replace("CANARY-refresh-token", "CANARY-other-token");
        await _fixture.UploadOneAsync();
        await _fixture.Provider.UploadAsync(
            GoogleAdsFixture.Credential(other), TestConversions.Many(1), CancellationToken.None);

        Assert.That(
            _fixture.Google.TokenRequests.Select(request => request.Body),
            Is.EqualTo(new[]
            {
                $"refresh_token=CANARY-refresh-token{Rest}",
                $"refresh_token=CANARY-other-token{Rest}",
            }));
    }

    [TestCase("invalid_grant", 400, "INVALID_GRANT")]
    [TestCase("invalid_client", 401, "INVALID_CLIENT")]
    [TestCase("unauthorized_client", 400, "UNAUTHORIZED_CLIENT")]
    public async Task A_refused_consent_fails_the_rows_without_an_upload(string error, int status, string code)
    {
        AnswerTokens(status, $$"""{"error":"{{error}}","error_description":"Token CANARY-refresh-token revoked."}""");

        var outcome = await _fixture.UploadOneAsync();

        Assert.That(outcome.Kind, Is.EqualTo(OutcomeKind.Failed));
        Assert.That(outcome.Category, Is.EqualTo(ErrorCategory.Auth));
        Assert.That(outcome.Code, Is.EqualTo(code));
        Assert.That(outcome.Message, Does.Contain("Token [redacted] revoked."));
        Assert.That(_fixture.Google.Uploads, Is.Empty);
    }

    [TestCase(500, "{}")]
    [TestCase(503, """{"error":"invalid_grant"}""")]
    [TestCase(404, "<html>CANARY-proxy</html>")]
    [TestCase(302, "")]
    [TestCase(200, "{}")]
    [TestCase(200, "null")]
    [TestCase(200, "garbage")]
    [TestCase(400, "null")]
    public async Task A_token_endpoint_that_is_unwell_is_asked_again_later(int status, string body)
    {
        AnswerTokens(status, body);

        var outcome = await _fixture.UploadOneAsync();

        Assert.That(outcome.Code, Is.EqualTo("TOKEN_UNAVAILABLE"));
        Assert.That(outcome.Kind, Is.EqualTo(OutcomeKind.Retry));
        Assert.That(outcome.Category, Is.EqualTo(ErrorCategory.Transient));
        Assert.That(outcome.Message, Does.Not.Contain("CANARY"));
        Assert.That(_fixture.Google.TokenRequests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_silent_token_endpoint_is_given_up_in_time_and_asked_once()
    {
        _fixture.Google.OnToken = async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return new HttpResponseMessage();
        };
        var upload = _fixture.UploadOneAsync();
        _fixture.Time.Advance(TimeSpan.FromSeconds(61));

        var outcome = await upload.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.That(outcome.Code, Is.EqualTo("TOKEN_UNAVAILABLE"));
        Assert.That(_fixture.Google.TokenRequests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_cached_token_that_Google_refuses_is_replaced_once()
    {
        await _fixture.UploadOneAsync();
        RefuseToken("CANARY-access-1");

        var outcome = await _fixture.UploadOneAsync();

        Assert.That(outcome.Kind, Is.EqualTo(OutcomeKind.Completed));
        Assert.That(_fixture.Google.TokenRequests, Has.Count.EqualTo(2));
        Assert.That(_fixture.Google.Uploads, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task A_fresh_token_that_Google_refuses_fails_the_rows_at_once()
    {
        RefuseToken("CANARY-access-");

        var outcome = await _fixture.UploadOneAsync();

        Assert.That(outcome.Code, Is.EqualTo("OAUTH_TOKEN_INVALID"));
        Assert.That(outcome.Category, Is.EqualTo(ErrorCategory.Auth));
        Assert.That(_fixture.Google.Uploads, Has.Count.EqualTo(1));

        await _fixture.UploadOneAsync();
        Assert.That(_fixture.Google.Uploads, Has.Count.EqualTo(3), "the cached token, then one fresh one");
    }

    private void RefuseToken(string start)
    {
        var take = _fixture.Google.OnUpload;
        _fixture.Google.OnUpload = (request, cancellationToken) =>
            request.Headers["authorization"].StartsWith($"Bearer {start}", StringComparison.Ordinal)
                ? Task.FromResult(GoogleStub.Json((int)HttpStatusCode.Unauthorized, Answers.Refused(
                    401, "UNAUTHENTICATED", Answers.Error("authenticationError", "OAUTH_TOKEN_INVALID"))))
                : take(request, cancellationToken);
    }

    private void AnswerTokens(int status, string body) =>
        _fixture.Google.OnToken = (_, _) => Task.FromResult(GoogleStub.Json(status, body));
}
