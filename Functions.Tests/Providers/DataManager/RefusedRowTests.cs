using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Functions.Tests.Providers.GoogleAds;

namespace OpsMantik.Functions.Tests.Providers.DataManager;

public class RefusedRowTests
{
    private DataManagerFixture _fixture = null!;

    [SetUp]
    public void SetUp() => _fixture = new DataManagerFixture();

    [TearDown]
    public void TearDown() => _fixture.Dispose();

    [TestCase("events.events[{0}].event_source")]
    [TestCase("events[{0}].ad_identifiers.gclid")]
    [TestCase("events.{0}.adIdentifiers.gclid")]
    public async Task Rows_that_the_path_names_fail_and_the_rest_goes_at_once(string path)
    {
        RefuseFor([3, 5], bad => DataManagerAnswers.Refused(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "Bad.", DataManagerAnswers.Violations(
            [.. bad.Select(index => (path.Replace("{0}", $"{index}"), "REQUIRED_FIELD_MISSING"))])));

        var outcomes = await UploadAsync(8);

        Assert.That(_fixture.Requests, Has.Count.EqualTo(2));
        Assert.That(
            outcomes.Select(outcome => outcome.RequestIndex), Is.EqualTo(new int?[] { 0, 1, 2, null, 3, null, 4, 5 }));
        Assert.That(outcomes[3].Kind, Is.EqualTo(OutcomeKind.Failed));
        Assert.That(outcomes[3].Code, Is.EqualTo("REQUIRED_FIELD_MISSING"));
        Assert.That(outcomes[3].Category, Is.EqualTo(ErrorCategory.Validation));
        Assert.That(outcomes[3].Message, Does.Contain("Required field is missing."));
        AssertIndices(outcomes);
    }

    [Test]
    public async Task One_poisoned_row_of_2000_costs_at_most_13_more_requests([Values(0, 1, 777, 999, 1000, 1998, 1999)] int poisoned)
    {
        RefuseFor([poisoned], _ => DataManagerAnswers.Refused(400, "INVALID_ARGUMENT", "INVALID_FORMAT", "Somewhere."));

        var outcomes = await UploadAsync(2000);

        Assert.That(_fixture.Requests, Has.Count.LessThanOrEqualTo(14));
        Assert.That(outcomes.Count(outcome => outcome.Kind == OutcomeKind.Submitted), Is.EqualTo(1999));
        Assert.That(outcomes[poisoned].Kind, Is.EqualTo(OutcomeKind.Failed));
        Assert.That(outcomes[poisoned].Code, Is.EqualTo("INVALID_FORMAT"));
        AssertIndices(outcomes);
    }

    [Test]
    public async Task Several_unnamed_culprits_fail_alone()
    {
        int[] bad = [0, 1, 500, 1999];
        RefuseFor(bad, _ => DataManagerAnswers.Refused(400, "INVALID_ARGUMENT"));

        var outcomes = await UploadAsync(2000);

        Assert.That(
            Enumerable.Range(0, 2000).Where(row => outcomes[row].Kind != OutcomeKind.Submitted), Is.EqualTo(bad));
        Assert.That(bad.Select(row => outcomes[row].Kind), Is.All.EqualTo(OutcomeKind.Failed));
        Assert.That(_fixture.Requests, Has.Count.LessThanOrEqualTo(BatchIngest.MaxCalls));
        AssertIndices(outcomes);
    }

    [Test]
    public async Task Beyond_the_calls_of_a_batch_the_rest_waits_unspent()
    {
        _fixture.Google.AnswerUploads(400, DataManagerAnswers.Refused(400, "INVALID_ARGUMENT", "INVALID_FORMAT"));

        var outcomes = await UploadAsync(2000);

        Assert.That(_fixture.Requests, Has.Count.EqualTo(BatchIngest.MaxCalls));
        var failed = outcomes.Where(outcome => outcome.Kind == OutcomeKind.Failed).ToList();
        var waiting = outcomes.Where(outcome => outcome.Kind == OutcomeKind.Retry).ToList();
        Assert.That(failed, Has.Count.InRange(5, 6));
        Assert.That(failed.Count + waiting.Count, Is.EqualTo(2000));
        Assert.That(waiting.Select(outcome => outcome.SpendsAttempt), Is.All.False);
        Assert.That(waiting.Select(outcome => outcome.Code), Is.All.EqualTo("NOT_PROCESSED"));
    }

    [Test]
    public async Task A_reason_that_may_be_everyones_fails_no_row_at_once()
    {
        _fixture.Google.AnswerUploads(400, DataManagerAnswers.Refused(400, "FAILED_PRECONDITION"));

        var outcomes = await UploadAsync(8);

        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Retry));
    }

    [Test]
    public async Task A_refusal_that_passes_blames_nobody()
    {
        var calls = 0;
        _fixture.Google.OnUpload = (_, _) => Task.FromResult(++calls == 1
            ? GoogleStub.Json(400, DataManagerAnswers.Refused(400, "INVALID_ARGUMENT", "INVALID_FORMAT"))
            : _fixture.Accept());

        var outcomes = await UploadAsync(8);

        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Submitted));
    }

    [Test]
    public async Task What_was_accepted_before_Google_fell_silent_stays_accepted()
    {
        var calls = 0;
        _fixture.Google.OnUpload = (_, _) => Task.FromResult(++calls switch
        {
            1 => GoogleStub.Json(400, DataManagerAnswers.Refused(400, "INVALID_ARGUMENT")),
            2 => _fixture.Accept(),
            _ => GoogleStub.Json(503, "{}"),
        });

        var outcomes = await UploadAsync(8);

        Assert.That(
            outcomes.Select(outcome => outcome.Kind),
            Is.EqualTo(Enumerable.Repeat(OutcomeKind.Submitted, 4).Concat(Enumerable.Repeat(OutcomeKind.Retry, 4))));
        Assert.That(outcomes[7].Code, Is.EqualTo("HTTP_503"));
    }

    [TestCase(400, "INVALID_CONVERSION_ACTION_ID", OutcomeKind.Retry, ErrorCategory.Configuration)]
    [TestCase(400, "NOT_ALLOWLISTED", OutcomeKind.Retry, ErrorCategory.Configuration)]
    [TestCase(400, "PERMISSION_DENIED", OutcomeKind.Failed, ErrorCategory.Auth)]
    [TestCase(400, "INTERNAL_ERROR", OutcomeKind.Retry, ErrorCategory.Transient)]
    [TestCase(400, "TOO_MANY_EVENTS", OutcomeKind.Retry, ErrorCategory.Transient)]
    public async Task What_concerns_all_rows_is_not_searched_for(
        int status, string reason, OutcomeKind kind, ErrorCategory category)
    {
        _fixture.Google.AnswerUploads(status, DataManagerAnswers.Refused(status, "INVALID_ARGUMENT", reason));

        var outcomes = await UploadAsync(4);

        Assert.That(_fixture.Requests, Has.Count.EqualTo(1));
        Assert.That(outcomes.Select(outcome => outcome.Code), Is.All.EqualTo(reason));
        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(kind));
        Assert.That(outcomes.Select(outcome => outcome.Category), Is.All.EqualTo(category));
    }

    [Test]
    public async Task A_fault_of_the_destination_parks_all_rows()
    {
        _fixture.Google.AnswerUploads(400, DataManagerAnswers.Refused(400, "INVALID_ARGUMENT", null, "Bad.", DataManagerAnswers.Violations(
            ("destinations[0].operating_account.account_id", "INVALID_FORMAT"))));

        var outcomes = await UploadAsync(4);

        Assert.That(_fixture.Requests, Has.Count.EqualTo(1));
        Assert.That(outcomes.Select(outcome => outcome.Category), Is.All.EqualTo(ErrorCategory.Configuration));
        Assert.That(outcomes.Select(outcome => outcome.SpendsAttempt), Is.All.False);
    }

    private async Task<IReadOnlyList<UploadOutcome>> UploadAsync(int count)
    {
        Rows = TestConversions.Many(count);
        return await _fixture.UploadAsync([.. Rows]);
    }

    private IReadOnlyList<Conversion> Rows { get; set; } = [];

    /// <summary>Refuses every request that holds one of the rows; the answer is made from their places in it.</summary>
    private void RefuseFor(int[] rows, Func<IReadOnlyList<int>, string> answer) =>
        _fixture.Google.OnUpload = (request, _) =>
        {
            var sent = DataManagerFixture.Transactions(request).ToList();
            var bad = rows.Select(row => sent.IndexOf(Rows[row].OrderId)).Where(index => index >= 0).ToList();
            return Task.FromResult(bad.Count == 0 ? _fixture.Accept() : GoogleStub.Json(400, answer(bad)));
        };

    /// <summary>Every submitted row stands where its outcome says, in the request that was accepted under that id.</summary>
    private void AssertIndices(IReadOnlyList<UploadOutcome> outcomes)
    {
        var bad = Enumerable.Range(0, Rows.Count).Where(row => outcomes[row].Kind != OutcomeKind.Submitted)
            .Select(row => Rows[row].OrderId).ToHashSet();
        var accepted = _fixture.Requests.Select(DataManagerFixture.Transactions)
            .Where(sent => !sent.Any(bad.Contains)).ToList();
        for (var row = 0; row < Rows.Count; row++)
        {
            if (outcomes[row].Kind == OutcomeKind.Submitted)
            {
                var request = accepted[int.Parse(outcomes[row].RequestId!["request-".Length..]) - 1];
                Assert.That(request[outcomes[row].RequestIndex!.Value], Is.EqualTo(Rows[row].OrderId));
            }
        }
    }
}
