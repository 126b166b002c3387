using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Queue;

namespace OpsMantik.Functions.Tests.Providers.GoogleAds;

public class RefusalTests
{
    private GoogleAdsFixture _fixture = null!;

    [SetUp]
    public void SetUp() => _fixture = new GoogleAdsFixture();

    [TearDown]
    public void TearDown() => _fixture.Dispose();

    [TestCase(400, "requestError", "INVALID_CUSTOMER_ID", OutcomeKind.Retry, ErrorCategory.Configuration)]
    [TestCase(400, "headerError", "INVALID_LOGIN_CUSTOMER_ID", OutcomeKind.Retry, ErrorCategory.Configuration)]
    [TestCase(400, "requestError", "NEVER_HEARD_OF", OutcomeKind.Failed, ErrorCategory.Validation)]
    [TestCase(400, "internalError", "TRANSIENT_ERROR", OutcomeKind.Retry, ErrorCategory.Transient)]
    [TestCase(400, "databaseError", "REQUEST_TOO_LARGE", OutcomeKind.Retry, ErrorCategory.Transient)]
    [TestCase(400, "quotaError", "RESOURCE_EXHAUSTED", OutcomeKind.Retry, ErrorCategory.RateLimit)]
    [TestCase(401, "authenticationError", "OAUTH_TOKEN_REVOKED", OutcomeKind.Failed, ErrorCategory.Auth)]
    [TestCase(403, "authorizationError", "USER_PERMISSION_DENIED", OutcomeKind.Failed, ErrorCategory.Auth)]
    [TestCase(403, "authorizationError", "NEVER_HEARD_OF", OutcomeKind.Failed, ErrorCategory.Auth)]
    [TestCase(404, "requestError", "RESOURCE_NOT_FOUND", OutcomeKind.Retry, ErrorCategory.Configuration)]
    [TestCase(429, "quotaError", "RESOURCE_TEMPORARILY_EXHAUSTED", OutcomeKind.Retry, ErrorCategory.RateLimit)]
    [TestCase(418, "requestError", "NEVER_HEARD_OF", OutcomeKind.Retry, ErrorCategory.Transient)]
    public async Task A_refused_request_gives_every_row_the_enum(
        int status, string family, string name, OutcomeKind kind, ErrorCategory category)
    {
        _fixture.Google.AnswerUploads(
            status, Answers.Refused(status, "SOME_STATUS", Answers.Error(family, name, null, "Because.")));

        var outcomes = await _fixture.UploadAsync([.. TestConversions.Many(2)]);

        Assert.That(outcomes.Select(outcome => outcome.Code), Is.All.EqualTo(name));
        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(kind));
        Assert.That(outcomes.Select(outcome => outcome.Category), Is.All.EqualTo(category));
        Assert.That(outcomes.Select(outcome => outcome.RequestId), Is.All.EqualTo("failure-request-id"));
    }

    [TestCase(400, "HTTP_400", OutcomeKind.Failed)]
    [TestCase(403, "HTTP_403", OutcomeKind.Failed)]
    [TestCase(404, "HTTP_404", OutcomeKind.Retry)]
    [TestCase(302, "REDIRECTED", OutcomeKind.Retry)]
    [TestCase(500, "HTTP_500", OutcomeKind.Retry)]
    [TestCase(503, "HTTP_503", OutcomeKind.Retry)]
    public async Task A_refusal_that_is_no_JSON_gives_the_status(int status, string code, OutcomeKind kind)
    {
        _fixture.Google.AnswerUploads(status, "<html>no</html>");

        var outcome = await _fixture.UploadOneAsync();

        Assert.That(outcome.Code, Is.EqualTo(code));
        Assert.That(outcome.Kind, Is.EqualTo(kind));
        Assert.That(outcome.Message, Is.Not.Empty);
    }

    [Test]
    public async Task Without_an_enum_the_status_name_or_the_reason_is_the_code()
    {
        _fixture.Google.AnswerUploads(400, Answers.Refused(400, "INVALID_ARGUMENT"));
        Assert.That((await _fixture.UploadOneAsync()).Code, Is.EqualTo("INVALID_ARGUMENT"));

        _fixture.Google.AnswerUploads(403, """
            {"error":{"code":403,"message":"Scope.","status":"PERMISSION_DENIED","details":[
            {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}
            """);
        Assert.That((await _fixture.UploadOneAsync()).Code, Is.EqualTo("ACCESS_TOKEN_SCOPE_INSUFFICIENT"));
    }

    [TestCase(400)]
    [TestCase(403)]
    public async Task A_caller_that_is_not_allowlisted_waits_unspent_and_is_told_where_to_go(int status)
    {
        _fixture.Google.AnswerUploads(status, Answers.Refused(status, "PERMISSION_DENIED", Answers.Error(
            "notAllowlistedError", "CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE")));

        var outcome = await _fixture.UploadOneAsync();

        Assert.That(outcome.Category, Is.EqualTo(ErrorCategory.Configuration));
        Assert.That(outcome.SpendsAttempt, Is.False);
        Assert.That(outcome.RetryAfter, Is.EqualTo(TimeSpan.FromHours(6)));
        Assert.That(outcome.Message, Does.Contain("Data Manager").And.Contain("data_manager"));
        Assert.That(CircuitSignals.Of([outcome]), Is.EqualTo(CircuitSignal.None), "the circuit stays as it is");
    }

    [Test]
    public async Task A_retired_version_parks_the_rows_and_raises_the_alarm()
    {
        _fixture.Google.AnswerUploads(400, Answers.Refused(
            400, "INVALID_ARGUMENT", Answers.Error("requestError", "UNSUPPORTED_VERSION")));

        var outcome = await _fixture.UploadOneAsync();

        Assert.That(outcome.Category, Is.EqualTo(ErrorCategory.Configuration));
        Assert.That(outcome.Message, Does.Contain("GoogleAds__ApiVersion"));
        Assert.That(_fixture.Log.EventIds, Does.Contain(3007));
        Assert.That(
            _fixture.Alarm.Last, Is.EqualTo(new RetiredVersion("UNSUPPORTED_VERSION", "v25", TestConversions.Noon)));
    }

    [Test]
    public async Task A_refusal_that_names_rows_fails_them_and_lets_their_neighbours_go_again()
    {
        _fixture.Google.AnswerUploads(400, Answers.Refused(
            400, "INVALID_ARGUMENT", Answers.Error("fieldError", "REQUIRED", 1)));

        var outcomes = await _fixture.UploadAsync([.. TestConversions.Many(3)]);

        Assert.That(
            outcomes.Select(outcome => outcome.Code),
            Is.EqualTo(new[] { "NOT_PROCESSED", "REQUIRED", "NOT_PROCESSED" }));
        Assert.That(
            outcomes.Select(outcome => outcome.Kind),
            Is.EqualTo(new[] { OutcomeKind.Retry, OutcomeKind.Failed, OutcomeKind.Retry }));
        Assert.That(outcomes[0].SpendsAttempt, Is.False);
    }

    [TestCase("30s", "7", 30)]
    [TestCase("2.5s", null, 2.5)]
    [TestCase("", "7", 7)]
    [TestCase("", "Fri, 20 Nov 2026 12:01:00 GMT", 60)]
    public async Task A_rate_limit_is_honoured(string retryDelay, string? retryAfter, double seconds)
    {
        (string, string)[] headers = retryAfter is null ? [] : [("Retry-After", retryAfter)];
        _fixture.Google.AnswerUploads(429, Answers.Refused(
            429, "RESOURCE_EXHAUSTED", Answers.Quota("RESOURCE_TEMPORARILY_EXHAUSTED", retryDelay)), headers);

        var outcome = await _fixture.UploadOneAsync();

        Assert.That(outcome.Category, Is.EqualTo(ErrorCategory.RateLimit));
        Assert.That(outcome.RetryAfter, Is.EqualTo(TimeSpan.FromSeconds(seconds)));
    }
}
