using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Functions.Tests.Providers.GoogleAds;
using static OpsMantik.Functions.Tests.Providers.DataManager.DataManagerAnswers;

namespace OpsMantik.Functions.Tests.Providers.DataManager;

public class ConfirmationTests
{
    private const string Prefix = "PROCESSING_ERROR_REASON_";

    private DataManagerFixture _fixture = null!;

    [SetUp]
    public void SetUp() => _fixture = new DataManagerFixture();

    [TearDown]
    public void TearDown() => _fixture.Dispose();

    [Test]
    public async Task A_success_completes_every_row()
    {
        var outcomes = await SettleAsync(Status("SUCCESS", 3), 0, 2);

        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Completed));
        Assert.That(outcomes.Select(outcome => outcome.RequestId), Is.All.EqualTo("request-1"));
        var request = _fixture.Requests.Single();
        Assert.That(request.Method, Is.EqualTo(HttpMethod.Get));
        Assert.That(
            request.Uri.AbsoluteUri,
            Is.EqualTo("https://datamanager.googleapis.com/v1/requestStatus:retrieve?requestId=request-1"));
    }

    [TestCase(200, """{"requestStatusPerDestination":[{"requestStatus":"PROCESSING"}]}""")]
    [TestCase(200, """{"requestStatusPerDestination":[{"requestStatus":"SOMETHING_NEW"}]}""")]
    [TestCase(200, """{"requestStatusPerDestination":[]}""")]
    [TestCase(200, "{}")]
    [TestCase(200, "garbage")]
    [TestCase(401, "{}")]
    [TestCase(403, """{"error":{"code":403,"status":"PERMISSION_DENIED"}}""")]
    [TestCase(404, "<html>a proxy's</html>")]
    [TestCase(429, """{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}""")]
    [TestCase(400, """{"error":{"code":400,"status":"INVALID_ARGUMENT"}}""")]
    [TestCase(503, "")]
    public async Task What_is_not_settled_is_asked_again(int status, string body)
    {
        _fixture.Google.AnswerUploads(status, body);

        var confirmation = await _fixture.ConfirmAsync(0);

        Assert.That(confirmation.Outcomes, Is.Null);
        Assert.That(confirmation.Reason, Is.Not.Empty);
    }

    [Test]
    public async Task A_broken_connection_leaves_the_question_open()
    {
        _fixture.Google.OnUpload = (_, _) =>
            throw new HttpRequestException(HttpRequestError.ConnectionError, "CANARY-detail");

        Assert.That((await _fixture.ConfirmAsync(0)).Reason, Does.Contain("connection").And.Not.Contain("CANARY"));
    }

    [TestCase(404, "NOT_FOUND", null)]
    [TestCase(400, "INVALID_ARGUMENT", "INVALID_REQUEST_ID")]
    public async Task A_request_that_Google_does_not_know_is_sent_again(int status, string name, string? reason)
    {
        _fixture.Google.AnswerUploads(status, Refused(status, name, reason));

        var outcomes = (await _fixture.ConfirmAsync(0, 1)).Outcomes!;

        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Retry));
        Assert.That(outcomes[0].Message, Does.Contain("same transaction id"));
    }

    [TestCase("[1,3]", "[4]")]
    [TestCase("[\"1\",\"3\"]", "[\"4\"]")]
    public async Task Rows_that_Google_names_get_their_reason_and_the_others_are_counted(string gone, string early)
    {
        var outcomes = await SettleAsync(
            Status(
                "PARTIAL_SUCCESS",
                6,
                Count($"{Prefix}INVALID_GCLID", 2, gone),
                Count($"{Prefix}TOO_RECENT_CLICK", 1, early)),
            0, 1, 3, 4, 5);

        Assert.That(
            outcomes.Select(outcome => outcome.Code),
            Is.EqualTo(new[] { null, "INVALID_GCLID", "INVALID_GCLID", "TOO_RECENT_CLICK", null }));
        Assert.That(outcomes[0].Kind, Is.EqualTo(OutcomeKind.Completed));
        Assert.That(outcomes[1].Kind, Is.EqualTo(OutcomeKind.Failed));
        Assert.That(outcomes[3].RetryAfter, Is.EqualTo(TimeSpan.FromHours(6)));
        Assert.That(outcomes[3].SpendsAttempt, Is.False);
    }

    [Test]
    public async Task Where_some_reasons_name_no_rows_the_unnamed_are_sent_again()
    {
        var outcomes = await SettleAsync(
            Status("PARTIAL_SUCCESS", 4, Count($"{Prefix}INVALID_GCLID", 1, "[1]"), Count($"{Prefix}INVALID_CLICK", 1)),
            0, 1);

        Assert.That(outcomes[0].Kind, Is.EqualTo(OutcomeKind.Retry));
        Assert.That(outcomes[1].Kind, Is.EqualTo(OutcomeKind.Failed));
    }

    [Test]
    public async Task Fewer_indices_than_counted_make_no_successes()
    {
        var outcomes = await SettleAsync(Status("PARTIAL_SUCCESS", 4, Count($"{Prefix}INVALID_GCLID", 2, "[1]")), 0, 1);

        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Retry));
    }

    [TestCase("FAILED", 2, 2)]
    [TestCase("FAILED", 2, null)]
    [TestCase("PARTIAL_SUCCESS", 2, 2)]
    public async Task One_reason_that_met_every_row_is_every_rows_reason(string status, long count, long? records)
    {
        var outcomes = await SettleAsync(Status(status, records, Count($"{Prefix}EVENT_TOO_OLD", count)), 0, 1);

        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Failed));
        Assert.That(outcomes.Select(outcome => outcome.Code), Is.All.EqualTo("EVENT_TOO_OLD"));
    }

    [Test]
    public async Task Counted_duplicates_complete_every_row()
    {
        var outcomes = await SettleAsync(
            Status(
                "PARTIAL_SUCCESS",
                9,
                Count($"{Prefix}DUPLICATE_GCLID", 1),
                Count($"{Prefix}DUPLICATE_TRANSACTION_ID", 3)),
            0, 1);

        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Completed));
    }

    [Test]
    public async Task Counts_without_rows_send_every_open_row_again_and_spend_an_attempt()
    {
        var outcomes = await SettleAsync(
            Status(
                "PARTIAL_SUCCESS",
                9,
                Count($"{Prefix}INVALID_GCLID", 1),
                Count($"{Prefix}DUPLICATE_TRANSACTION_ID", 3)),
            0, 1);

        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Retry));
        Assert.That(outcomes.Select(outcome => outcome.SpendsAttempt), Is.All.True);
        Assert.That(outcomes[0].Code, Is.EqualTo("DUPLICATE_TRANSACTION_ID"));
        Assert.That(outcomes[0].Message, Does.Contain("1 times INVALID_GCLID").And.Contain("same transaction id"));
    }

    [TestCase("FAILED")]
    [TestCase("PARTIAL_SUCCESS")]
    public async Task A_failure_without_reasons_is_sent_again(string status)
    {
        var outcomes = await SettleAsync(Status(status, 2), 0, 1);

        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Retry));
    }

    [TestCase("DUPLICATE_GCLID", OutcomeKind.Completed, null)]
    [TestCase("INTERNAL_ERROR", OutcomeKind.Retry, ErrorCategory.Transient)]
    [TestCase("TOO_RECENT_CLICK", OutcomeKind.Retry, ErrorCategory.Transient)]
    [TestCase("DENIED_CONSENT", OutcomeKind.Failed, ErrorCategory.Validation)]
    [TestCase("CLICK_NOT_FOUND", OutcomeKind.Failed, ErrorCategory.Validation)]
    [TestCase("INVALID_OPERATING_ACCOUNT_FOR_CLICK", OutcomeKind.Retry, ErrorCategory.Configuration)]
    [TestCase("BRAND_NEW", OutcomeKind.Retry, ErrorCategory.Transient)]
    public async Task A_reason_becomes_its_outcome(string reason, OutcomeKind kind, ErrorCategory? category)
    {
        var outcome = (await SettleAsync(Status("FAILED", 1, Count(Prefix + reason, 1, "[0]")), 0))[0];

        Assert.That(outcome.Code, Is.EqualTo(reason));
        Assert.That(outcome.Kind, Is.EqualTo(kind));
        Assert.That(outcome.Category, Is.EqualTo(category));
    }

    [Test]
    public async Task The_reason_with_the_shorter_prefix_is_read_too() => Assert.That(
        (await SettleAsync(
            Status("FAILED", 1, Count("PROCESSING_ERROR_OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER", 1, "[0]")), 0))[0].Category,
        Is.EqualTo(ErrorCategory.Configuration));

    [Test]
    public void Every_listed_reason_is_a_name_without_prefix() =>
        Assert.That(ProcessingErrorTable.All.Keys, Has.None.StartsWith("PROCESSING_ERROR"));

    [Test]
    public async Task A_site_that_went_back_to_click_uploads_leaves_its_questions_open()
    {
        var confirmation = await _fixture.Fixture.Provider.ConfirmAsync(
            GoogleAdsFixture.Credential(), new SubmittedRequest("request-1", []), CancellationToken.None);

        Assert.That(confirmation.Reason, Does.Contain("upload_api"));
        Assert.That(_fixture.Requests, Is.Empty);
    }

    private async Task<IReadOnlyList<UploadOutcome>> SettleAsync(string body, params int[] indices)
    {
        _fixture.Google.AnswerUploads(200, body);
        return (await _fixture.ConfirmAsync(indices)).Outcomes!;
    }
}
