using CsCheck;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Functions.Tests.Providers;
using OpsMantik.Functions.Tests.Providers.DataManager;
using OpsMantik.Functions.Tests.Providers.GoogleAds;

namespace OpsMantik.Functions.Tests.Reliability.Fuzz;

/// <summary>Whatever Google, or something between, answers: one outcome per row, and nothing thrown.</summary>
internal sealed class GoogleAnswerTests
{
    private const int Rows = 3;

    private static readonly SecretScrubber Scrubber = new("CANARY-secret");
    private static readonly IReadOnlyList<Conversion> Sent = TestConversions.Many(Rows);

    private static readonly int[] Statuses = [200, 200, 200, 400, 400, 401, 403, 404, 408, 429, 500, 503, 301, 204];
    private static readonly Gen<int> Status = Gen.Int[0, Statuses.Length - 1].Select(index => Statuses[index]);

    [Test]
    public void A_click_upload_gets_one_outcome_per_row_from_any_answer() =>
        Gen.Select(Gen.Int, Status).Sample((seed, status) =>
        {
            var body = NearMisses.Of(
                seed,
                Answers.AllTaken(Rows),
                Answers.Partial([true, false, false], Answers.Upload("TOO_RECENT_EVENT", 1), Answers.Upload("EXPIRED_EVENT", 2)),
                Answers.Partial([false, false, false], Answers.Quota("RESOURCE_EXHAUSTED", "30s")),
                Answers.Refused(400, "INVALID_ARGUMENT", Answers.Upload("UNPARSEABLE_GCLID", 7)),
                Answers.Refused(403, "PERMISSION_DENIED"));

            var (outcomes, failure) = new AnswerReader(Sent, Scrubber).Read(new GoogleAnswer(status, body, null, null));

            Assert.That(outcomes, Has.Count.EqualTo(Rows));
            Assert.That(outcomes, Is.All.Matches<UploadOutcome>(IsClear));
            Assert.That(failure.Errors.Select(error => error.Family), Is.All.Matches<string>(family => family.Length == 0 || IsName(family)));
            Assert.That(
                status == 200 || outcomes.All(outcome => outcome.Kind != OutcomeKind.Completed || outcome.Code is not null),
                "a refusal completes nothing of its own");
        }, iter: 5_000);

    [Test]
    public void An_ingest_request_is_accepted_refused_or_unknown_by_any_answer() =>
        Gen.Select(Gen.Int, Status).Sample((seed, status) =>
        {
            var body = NearMisses.Of(
                seed,
                """{"requestId":"request-1","fieldWarnings":[{"field":"events[0]","reason":"X","description":"y"}]}""",
                DataManagerAnswers.Refused(400, "INVALID_ARGUMENT", "INVALID_GCLID", "no", DataManagerAnswers.Violations(("events.events[1].x", "REQUIRED"))),
                DataManagerAnswers.QuotaGone("PerDayPerProject", "1/d/{project}", DataManagerAnswers.RetryInfo("5s")));

            var answer = IngestAnswer.Read(new GoogleCall(new GoogleAnswer(status, body, null, null), null, Scrubber));

            Assert.That(
                new object?[] { answer.RequestId, answer.Refusal, answer.Fault }.Count(part => part is not null), Is.EqualTo(1));
            if (answer.Refusal is { } refusal)
            {
                Assert.That(IsName(refusal.Name), refusal.Name);
                Assert.That(refusal.Violations.Select(violation => violation.Index ?? 0), Is.All.GreaterThanOrEqualTo(0));
                Assert.That(RequestOutcome.For(refusal) is not { } outcome || IsClear(outcome));
            }
        }, iter: 5_000);

    [Test]
    public void A_request_is_settled_row_by_row_or_stays_pending_by_any_status() =>
        Gen.Int.Sample(seed =>
        {
            var body = NearMisses.Of(
                seed,
                DataManagerAnswers.Status("PARTIAL_SUCCESS", 3, DataManagerAnswers.Count("PROCESSING_ERROR_REASON_INVALID_GCLID", 1, "[\"1\"]")),
                DataManagerAnswers.Status("FAILED", 3, DataManagerAnswers.Count("PROCESSING_ERROR_REASON_DUPLICATE_GCLID", 3)),
                DataManagerAnswers.Status("PARTIAL_SUCCESS", null, DataManagerAnswers.Count("X", 2), DataManagerAnswers.Count("Y", 1)),
                DataManagerAnswers.Status("SUCCESS"));
            var request = new SubmittedRequest("request-1", [.. Enumerable.Range(0, Rows).Select(place => new SubmittedConversion(Guid.Empty, place))]);
            var response = DataManagerJson.Parse(body, DataManagerJson.Default.RequestStatusResponse);

            foreach (var status in (response?.RequestStatusPerDestination ?? []).OfType<DestinationStatus>())
            {
                var confirmation = Settlement.Of(ProcessingReport.Read(status, Scrubber), request);
                Assert.That((confirmation.Outcomes is null) != (confirmation.Reason is null));
                Assert.That(confirmation.Outcomes ?? [], Is.All.Matches<UploadOutcome>(IsClear));
                Assert.That(confirmation.Outcomes?.Count ?? Rows, Is.EqualTo(Rows));
            }
        }, iter: 5_000);

    /// <summary>Has what an operator reads: a code, who has to act, and bounded words without control characters.</summary>
    private static bool IsClear(UploadOutcome outcome) =>
        outcome.Kind == OutcomeKind.Completed
        || (outcome is { Code: { } code, Category: not null, Message: { Length: > 0 and <= 1_000 } message }
            && IsName(code) && !message.Any(char.IsControl));

    private static bool IsName(string text) =>
        text.Length is > 0 and <= 128 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
