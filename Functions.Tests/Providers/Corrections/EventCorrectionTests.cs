using System.Text.Json.Nodes;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Providers.Corrections;

/// <summary>Corrections through the Data Manager API: the event of the sale again, with another value.</summary>
public sealed class EventCorrectionTests() : CorrectionFixture("data_manager")
{
    private static readonly UserIdentifier Hash = new(UserIdentifierKind.Email, new string('a', 64));

    [Test]
    public async Task A_restatement_is_the_same_event_with_the_new_value()
    {
        var sale = Sale() with { UserIdentifiers = [Hash], Consent = new Consent(true, true) };
        await CountAsync(sale);

        var outcome = await CorrectOneAsync(Restatement(sale, 7_000, "EUR"));
        Process();

        var (sent, corrected) = (EventOf(0), EventOf(1));
        Assert.That((outcome.Kind, outcome.RequestId, outcome.RequestIndex, outcome.Code),
            Is.EqualTo((OutcomeKind.Submitted, Google.IngestCalls[1].RequestId, (int?)0, default(string))));
        Assert.That(((decimal)corrected["conversionValue"]!, (string)corrected["currency"]!), Is.EqualTo((70m, "EUR")));
        (corrected["conversionValue"], corrected["currency"]) = (123.45m, "TRY");
        Assert.That(JsonNode.DeepEquals(corrected, sent), Is.True, "nothing else differs");
        Assert.That((StateOf(sale)!.Value, StateOf(sale)!.Currency, Google.EffectCount), Is.EqualTo((70m, "EUR", 1L)));
    }

    [Test]
    public async Task A_retraction_sets_the_value_to_0_and_says_that_the_count_stays()
    {
        var sale = Sale();
        await CountAsync(sale);

        var outcome = await CorrectOneAsync(Retraction(sale));
        Process();
        var settled = await ConfirmAsync(outcome, CorrectionKind.Retract);

        Assert.That((outcome.Kind, outcome.Code), Is.EqualTo((OutcomeKind.Submitted, "COUNT_STAYS")));
        Assert.That((settled.Kind, settled.Code), Is.EqualTo((OutcomeKind.Completed, "COUNT_STAYS")));
        Assert.That((StateOf(sale)!.Value, StateOf(sale)!.Currency, StateOf(sale)!.IsRetracted), Is.EqualTo((0m, "TRY", false)));
    }

    [Test]
    public async Task A_confirmed_restatement_is_completed_without_a_code()
    {
        var sale = Sale();
        await CountAsync(sale);
        var outcome = await CorrectOneAsync(Restatement(sale, 7_000));
        Process();

        var settled = await ConfirmAsync(outcome, CorrectionKind.Restate);

        Assert.That((settled.Kind, settled.Code), Is.EqualTo((OutcomeKind.Completed, default(string))));
    }

    [Test]
    public async Task A_numeric_order_id_keeps_its_transaction_id()
    {
        var sale = Sale() with { OrderId = "4711" };
        await Provider.UploadAsync(Credential, [sale], CancellationToken.None);
        Process();

        await CorrectOneAsync(Restatement(sale, 7_000));
        Process();

        Assert.That(Google.Conversions.Single(), Has.Property("OrderId").EqualTo("om-4711").And.Property("Value").EqualTo(70m));
    }

    [Test]
    public async Task A_lost_answer_is_made_good_by_the_same_event()
    {
        var sale = Sale();
        await CountAsync(sale);
        Google.QueueBehaviour(null, CallBehaviour.CutAfterAccept);

        var lost = await CorrectOneAsync(Restatement(sale, 7_000));
        await CorrectOneAsync(Restatement(sale, 7_000) with { MayHaveBeenSent = true });
        Process();

        Assert.That((lost.Kind, lost.Code), Is.EqualTo((OutcomeKind.Retry, "CONNECTION")));
        Assert.That((StateOf(sale)!.Value, StateOf(sale)!.Adjustments, Google.EffectCount), Is.EqualTo((70m, 1, 1L)));
    }

    [Test]
    public async Task A_wbraid_is_sent_and_Google_decides()
    {
        var sale = Sale(kind: ClickIdKind.Wbraid);
        await CountAsync(sale);

        Assert.That((await CorrectOneAsync(Restatement(sale, 7_000))).Kind, Is.EqualTo(OutcomeKind.Submitted));
    }

    [TestCase("", 0, "CORRECTION_NOT_POSSIBLE")]
    [TestCase("order", 55, "CONVERSION_EXPIRED")]
    public async Task What_Google_might_count_anew_fails_unsent(string orderId, int age, string code)
    {
        var outcome = await CorrectOneAsync(Retraction(Sale() with { OrderId = orderId, Time = Now.AddDays(-age) }));

        Assert.That((outcome.Kind, outcome.Code, outcome.MayHaveBeenSent), Is.EqualTo((OutcomeKind.Failed, code, false)));
        Assert.That(Google.IngestCalls, Is.Empty);
    }

    [Test]
    public async Task Of_two_corrections_of_a_sale_the_older_goes_first()
    {
        var sale = Sale();
        await CountAsync(sale);
        Time.Advance(TimeSpan.FromMinutes(1));

        var outcomes = await CorrectAsync(
            Restatement(sale, 6_000), Restatement(sale, 7_000) with { CorrectedAt = Now.AddSeconds(-30) });
        Process();

        Assert.That(outcomes.Select(outcome => outcome.Code), Is.EqualTo(new[] { "DUPLICATE_IN_BATCH", null }));
        Assert.That(StateOf(sale)!.Value, Is.EqualTo(70m));
    }

    [TestCase("INTERNAL_ERROR", OutcomeKind.Retry, "INTERNAL_ERROR")]
    [TestCase("INVALID_EVENT", OutcomeKind.Failed, "INVALID_EVENT")]
    [TestCase("DUPLICATE_TRANSACTION_ID", OutcomeKind.Failed, "CORRECTION_NOT_TAKEN")]
    [TestCase("DUPLICATE_GCLID", OutcomeKind.Failed, "CORRECTION_NOT_TAKEN")]
    public async Task What_processing_says_of_a_correction_is_kept(string reason, OutcomeKind kind, string code)
    {
        var sale = Sale($"adj-{reason}-1");
        await CountAsync(sale);
        var outcome = await CorrectOneAsync(Retraction(sale));
        Process();

        var settled = await ConfirmAsync(outcome, CorrectionKind.Retract);

        Assert.That((settled.Kind, settled.Code), Is.EqualTo((kind, code)));
        Assert.That(settled.Message, Does.Contain(reason));
        Assert.That(StateOf(sale)!.Value, Is.EqualTo(123.45m));
    }

    /// <summary>Of uploads, "all duplicates" means that Google has them all; of corrections it means that none was taken.</summary>
    [TestCase(null, OutcomeKind.Completed)]
    [TestCase(CorrectionKind.Restate, OutcomeKind.Failed)]
    public void Duplicates_without_rows_are_a_success_of_uploads_only(CorrectionKind? correction, OutcomeKind kind)
    {
        var report = new ProcessingReport("FAILED", [new ProcessingError("DUPLICATE_TRANSACTION_ID", 2, null)], 2);
        SubmittedConversion[] rows = [.. Enumerable.Range(0, 2).Select(index => new SubmittedConversion(Guid.NewGuid(), index, true, correction))];

        var outcomes = Settlement.Of(report, new SubmittedRequest("request", rows)).Outcomes!;

        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(kind));
    }

    private async Task<UploadOutcome> ConfirmAsync(UploadOutcome submitted, CorrectionKind kind)
    {
        var row = new SubmittedConversion(Guid.NewGuid(), submitted.RequestIndex!.Value, Correction: kind);
        var confirmation = await Provider.ConfirmAsync(
            Credential, new SubmittedRequest(submitted.RequestId!, [row]), CancellationToken.None);
        return confirmation.Outcomes!.Single();
    }

    private JsonNode EventOf(int call) => JsonNode.Parse(Google.IngestCalls[call].Body)!["events"]![0]!;
}
