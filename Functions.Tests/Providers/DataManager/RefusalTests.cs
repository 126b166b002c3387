using System.Net;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Functions.Tests.Providers.GoogleAds;

namespace OpsMantik.Functions.Tests.Providers.DataManager;

public class RefusalTests
{
    private DataManagerFixture _fixture = null!;

    [SetUp]
    public void SetUp() => _fixture = new DataManagerFixture();

    [TearDown]
    public void TearDown() => _fixture.Dispose();

    [TestCase(401, "UNAUTHENTICATED", null, OutcomeKind.Failed, ErrorCategory.Auth)]
    [TestCase(403, "PERMISSION_DENIED", null, OutcomeKind.Failed, ErrorCategory.Auth)]
    [TestCase(403, "PERMISSION_DENIED", "NEVER_HEARD_OF", OutcomeKind.Failed, ErrorCategory.Auth)]
    [TestCase(403, "PERMISSION_DENIED", "SERVICE_DISABLED", OutcomeKind.Retry, ErrorCategory.Configuration)]
    [TestCase(403, "PERMISSION_DENIED", "NOT_ALLOWLISTED", OutcomeKind.Retry, ErrorCategory.Configuration)]
    [TestCase(404, "NOT_FOUND", null, OutcomeKind.Retry, ErrorCategory.Configuration)]
    [TestCase(500, "INTERNAL", null, OutcomeKind.Retry, ErrorCategory.Transient)]
    [TestCase(503, "UNAVAILABLE", null, OutcomeKind.Retry, ErrorCategory.Transient)]
    [TestCase(418, "TEAPOT", null, OutcomeKind.Retry, ErrorCategory.Transient)]
    public async Task A_refused_request_gives_all_its_rows_one_outcome(
        int status, string name, string? reason, OutcomeKind kind, ErrorCategory category)
    {
        _fixture.Google.AnswerUploads(status, DataManagerAnswers.Refused(status, name, reason));

        var outcomes = await _fixture.UploadAsync([.. TestConversions.Many(3)]);

        Assert.That(_fixture.Requests, Has.Count.EqualTo(1));
        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(kind));
        Assert.That(outcomes.Select(outcome => outcome.Category), Is.All.EqualTo(category));
        Assert.That(
            outcomes[0].SpendsAttempt, Is.EqualTo(category != ErrorCategory.Configuration), "only a parked row is unspent");
    }

    [TestCase(400, "HTTP_400")]
    [TestCase(302, "REDIRECTED")]
    [TestCase(502, "HTTP_502")]
    public async Task Something_in_between_that_answers_blames_no_row(int status, string code)
    {
        _fixture.Google.AnswerUploads(status, "<html>no</html>");

        var outcomes = await _fixture.UploadAsync([.. TestConversions.Many(3)]);

        Assert.That(_fixture.Requests, Has.Count.EqualTo(1));
        Assert.That(outcomes.Select(outcome => outcome.Code), Is.All.EqualTo(code));
        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Retry));
    }

    [Test]
    public async Task A_consent_without_the_scope_is_told_which_one_it_lacks()
    {
        _fixture.Google.AnswerUploads(
            403, DataManagerAnswers.Refused(403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"));

        var outcome = await _fixture.UploadOneAsync();

        Assert.That(outcome.Kind, Is.EqualTo(OutcomeKind.Failed));
        Assert.That(outcome.Category, Is.EqualTo(ErrorCategory.Auth));
        Assert.That(outcome.Message, Does.Contain("https://www.googleapis.com/auth/datamanager"));
    }

    [Test]
    public async Task A_cached_token_that_Google_refuses_is_replaced_once()
    {
        await _fixture.UploadOneAsync();
        _fixture.Google.OnUpload = (request, _) => Task.FromResult(
            request.Headers["authorization"] == "Bearer CANARY-access-1"
                ? GoogleStub.Json((int)HttpStatusCode.Unauthorized, DataManagerAnswers.Refused(401, "UNAUTHENTICATED"))
                : _fixture.Accept());

        var outcome = await _fixture.UploadOneAsync();

        Assert.That(outcome.Kind, Is.EqualTo(OutcomeKind.Submitted));
        Assert.That(_fixture.Google.TokenRequests, Has.Count.EqualTo(2));
    }

    [TestCase("{}")]
    [TestCase("null")]
    [TestCase("garbage")]
    [TestCase("""{"requestId":""}""")]
    [TestCase("""{"requestId":"two words"}""")]
    [TestCase("""{"requestId":5}""")]
    public async Task An_acceptance_without_a_request_id_is_sent_again(string body)
    {
        _fixture.Google.AnswerUploads(200, body);

        var outcome = await _fixture.UploadOneAsync();

        Assert.That(outcome.Code, Is.EqualTo("INVALID_RESPONSE"));
        Assert.That(outcome.Kind, Is.EqualTo(OutcomeKind.Retry));
        Assert.That(outcome.Category, Is.EqualTo(ErrorCategory.Transient));
        Assert.That(outcome.MayHaveBeenSent, Is.True);
    }

    [Test]
    public async Task A_silent_Google_is_a_timeout_and_the_callers_cancellation_an_exception()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Google.OnUpload = async (_, cancellationToken) =>
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("Not reached.");
        };
        var upload = _fixture.UploadOneAsync();
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        _fixture.Fixture.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.That((await upload.WaitAsync(TimeSpan.FromSeconds(30))).Code, Is.EqualTo("TIMEOUT"));

        using var stop = new CancellationTokenSource();
        var other = _fixture.Fixture.Provider.UploadAsync(
            DataManagerFixture.Credential(), TestConversions.Many(1), stop.Token);
        await stop.CancelAsync();
        Assert.That(async () => await other, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Secrets_that_Google_echoes_reach_neither_an_outcome_nor_a_log()
    {
        const string Echo = "Bad CANARY-access-1 of CANARY-refresh-token and CANARY-client-secret";
        var violation = DataManagerAnswers.Violations(("events[0].CANARY-access-1", "CANARY-access-1"));
        foreach (var body in new[]
        {
            DataManagerAnswers.Refused(400, "CANARY-access-1", "CANARY-access-1", Echo, violation),
            DataManagerAnswers.Refused(400, "INVALID_ARGUMENT", null, Echo),
            DataManagerAnswers.Refused(403, "PERMISSION_DENIED", "SERVICE_DISABLED", Echo),
        })
        {
            _fixture.Google.AnswerUploads(body.Contains("403") ? 403 : 400, body, ("request-id", "CANARY-access-1"));

            var outcome = await _fixture.UploadOneAsync();
            var confirmation = await _fixture.ConfirmAsync(0);

            Assert.That(outcome.Message, Does.Contain("[redacted]"));
            Assert.That($"{outcome}{confirmation}", Does.Not.Contain("CANARY"));
        }

        _fixture.Google.AnswerUploads(
            200, """{"requestId":"r","fieldWarnings":[{"field":"CANARY-access-1","reason":"CANARY-refresh-token"}]}""");
        await _fixture.UploadOneAsync();

        Assert.That(_fixture.Fixture.Log.EventIds, Does.Contain(3103));
        Assert.That(_fixture.Fixture.Log.All, Has.None.Contains("CANARY"));
    }

    /// <summary>ErrorReason of v1: a reason that met a whole request must not be searched for in its rows.</summary>
    [TestCase("INVALID_DESTINATION", nameof(ErrorClass.Configuration))]
    [TestCase("DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED", nameof(ErrorClass.Configuration))]
    [TestCase("RESOURCE_EXHAUSTED", nameof(ErrorClass.RateLimit))]
    [TestCase("NO_IDENTIFIERS_PROVIDED", nameof(ErrorClass.Permanent))]
    [TestCase("EVENT_TIME_INVALID", nameof(ErrorClass.Permanent))]
    public void A_reason_has_its_class(string name, string errorClass) =>
        Assert.That(ErrorReasonTable.Find(name)?.ToString(), Is.EqualTo(errorClass));
}
