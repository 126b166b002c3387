using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.DataManager;

namespace OpsMantik.Functions.Tests.Providers.DataManager;

/// <summary>From Google's report on a request of three events, of which three are open, to their outcomes.</summary>
public class SettlementRuleTests
{
    private static readonly SubmittedRequest Three = new(
        "request", [.. Enumerable.Range(0, 3).Select(index => new SubmittedConversion(new Guid(index, 0, 0, new byte[8]), index))]);

    [TestCase(3, Description = "the first index beyond the request")]
    [TestCase(-1)]
    [TestCase(7)]
    public void An_index_beyond_the_request_names_no_row(long index)
    {
        var outcomes = Settle("PARTIAL_SUCCESS", 3, Error("INVALID_GCLID", 1, 0), Error("EVENT_TOO_OLD", 2, 1, index));

        Assert.That(outcomes.Select(outcome => (outcome.Kind, outcome.SpendsAttempt)), Is.All.EqualTo((OutcomeKind.Retry, true)));
    }

    [Test]
    public void The_last_index_of_the_request_names_its_row()
    {
        var outcomes = Settle("PARTIAL_SUCCESS", 3, Error("INVALID_GCLID", 1, 2));

        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.EqualTo(new[] { OutcomeKind.Completed, OutcomeKind.Completed, OutcomeKind.Failed }));
    }

    [Test]
    public void Of_two_errors_on_one_row_the_most_severe_decides()
    {
        var outcomes = Settle("PARTIAL_SUCCESS", 3, Error("INTERNAL_ERROR", 1, 0), Error("INVALID_GCLID", 1, 0));

        Assert.That(outcomes[0].Code, Is.EqualTo("INVALID_GCLID"));
    }

    [Test]
    public void One_unnamed_error_is_every_rows_only_where_it_counts_them_all()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Settle("FAILED", null, Error("INVALID_GCLID", 3)).Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Failed));
            Assert.That(Settle("FAILED", 3, Error("INVALID_GCLID", 3)).Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Failed));
            // Without the number of records, "partial" leaves open whether three were all.
            Assert.That(Settle("PARTIAL_SUCCESS", null, Error("INVALID_GCLID", 3)).Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Retry));
            Assert.That(Settle("FAILED", 4, Error("INVALID_GCLID", 3)).Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Retry));
        });
    }

    [Test]
    public void Rows_wait_for_the_click_only_where_an_unnamed_error_says_that_it_is_too_recent()
    {
        Assert.Multiple(() =>
        {
            Assert.That(
                Settle("PARTIAL_SUCCESS", 3, Error("TOO_RECENT_CLICK", 1), Error("INVALID_GCLID", 1)).Select(outcome => outcome.RetryAfter),
                Is.All.EqualTo(TimeSpan.FromHours(6)));
            Assert.That(
                Settle("PARTIAL_SUCCESS", 3, Error("EVENT_TOO_OLD", 1), Error("INVALID_GCLID", 1)).Select(outcome => outcome.RetryAfter),
                Is.All.Null);
        });
    }

    [Test]
    public void An_error_of_no_event_is_none_and_a_missing_count_is_that_of_the_indices()
    {
        var status = new DestinationStatus("PARTIAL_SUCCESS", new ErrorInfo(
        [
            new ErrorCount(0, "PROCESSING_ERROR_REASON_INVALID_GCLID", null),
            new ErrorCount(null, "NO_PREFIX", [0, 1]),
            new ErrorCount(null, "PROCESSING_ERROR_INTERNAL_ERROR", null),
        ]), null);

        var report = ProcessingReport.Read(status, new SecretScrubber());

        Assert.That(
            report.Errors.Select(error => (error.Name, error.Count, Named: error.Indices?.Count)),
            Is.EqualTo(new (string, long, int?)[] { ("NO_PREFIX", 2, 2), ("INTERNAL_ERROR", 1, null) }));
    }

    private static IReadOnlyList<UploadOutcome> Settle(string status, long? records, params ProcessingError[] errors) =>
        Settlement.Of(new ProcessingReport(status, errors, records), Three).Outcomes!;

    private static ProcessingError Error(string name, long count, params long[] indices) =>
        new(name, count, indices.Length == 0 ? null : indices);
}
