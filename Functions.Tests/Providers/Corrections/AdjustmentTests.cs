using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Vault;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Providers.Corrections;

/// <summary>Corrections through the Google Ads API.</summary>
public sealed class AdjustmentTests() : CorrectionFixture("google_ads")
{
    [Test]
    public async Task The_request_is_what_Google_documents()
    {
        var (canceled, changed) = (Sale(), Sale());
        await CountAsync(canceled, changed);

        await CorrectAsync(
            Retraction(canceled) with { CorrectedAt = Now.AddMilliseconds(-1) }, Restatement(changed, 7_000));

        var call = Google.AdjustmentCalls.Single();
        Assert.That((call.ApiVersion, call.CustomerId, call.Status), Is.EqualTo(("v25", Customer, 200)));
        Assert.That(call.Body, Is.EqualTo($$"""
            {"conversionAdjustments":[{"conversionAction":"customers/1234567890/conversionActions/456","orderId":"{{canceled.OrderId}}",
            "adjustmentType":"RETRACTION","adjustmentDateTime":"2026-11-21 12:00:01\u002B00:00"},
            {"conversionAction":"customers/1234567890/conversionActions/456","orderId":"{{changed.OrderId}}",
            "adjustmentType":"RESTATEMENT","adjustmentDateTime":"2026-11-21 12:00:02\u002B00:00",
            "restatementValue":{"adjustedValue":70,"currencyCode":"TRY"}
            }],"partialFailure":true}
            """.ReplaceLineEndings("")));
    }

    [Test]
    public async Task A_retraction_takes_the_sale_back_and_is_final()
    {
        var sale = Sale();
        await CountAsync(sale);

        var retracted = await CorrectOneAsync(Retraction(sale));
        Time.Advance(TimeSpan.FromMinutes(1));
        var later = await CorrectOneAsync(Restatement(sale, 50_000));

        Assert.That(retracted, Is.EqualTo(UploadOutcome.Completed() with { RequestId = retracted.RequestId }));
        Assert.That(later.Kind, Is.EqualTo(OutcomeKind.Completed), "Google ignores it without an error");
        Assert.That(StateOf(sale), Has.Property("IsRetracted").True.And.Property("Value").Zero);
    }

    [Test]
    public async Task A_restatement_changes_value_and_currency_to_the_last_digit()
    {
        var sale = Sale();
        await CountAsync(sale);

        await CorrectOneAsync(Restatement(sale, 987_654_321_012_345_678, "KWD"));

        Assert.That((StateOf(sale)!.Value, StateOf(sale)!.Currency), Is.EqualTo((987_654_321_012_345.678m, "KWD")));
        Assert.That(Google.EffectCount, Is.EqualTo(1));
    }

    [Test]
    public async Task Sent_again_with_its_time_it_changes_nothing_and_a_later_one_stands()
    {
        var sale = Sale();
        await CountAsync(sale);
        var first = Restatement(sale, 7_000);
        Time.Advance(TimeSpan.FromSeconds(1));
        var second = Restatement(sale, 6_000);

        await CorrectOneAsync(second);
        var again = await CorrectOneAsync(second with { MayHaveBeenSent = true });
        var late = await CorrectOneAsync(first);

        Assert.That((again.Kind, again.Code), Is.EqualTo((OutcomeKind.Completed, default(string))));
        Assert.That((late.Kind, late.Code), Is.EqualTo((OutcomeKind.Completed, "MORE_RECENT_RESTATEMENT_FOUND")));
        Assert.That((StateOf(sale)!.Value, StateOf(sale)!.Adjustments), Is.EqualTo((60m, 1)));
    }

    [Test]
    public async Task A_sale_without_an_order_id_is_named_by_click_and_time()
    {
        var sale = Sale() with { OrderId = "" };
        await UploadWithoutOrderAsync(sale);

        var outcome = await CorrectOneAsync(Retraction(sale));

        Assert.That(outcome.Kind, Is.EqualTo(OutcomeKind.Completed));
        Assert.That(Google.Conversions.Single().IsRetracted, Is.True);
        Assert.That(Google.AdjustmentCalls.Single().Body, Does.Not.Contain("orderId"));
    }

    [TestCase(ClickIdKind.Gbraid, true, null)]
    [TestCase(ClickIdKind.Wbraid, true, "CORRECTION_NOT_POSSIBLE")]
    [TestCase(ClickIdKind.Gbraid, false, "CORRECTION_NOT_POSSIBLE")]
    public async Task What_Google_cannot_name_fails_unsent(ClickIdKind kind, bool hasOrderId, string? code)
    {
        var sale = Sale(kind: kind);
        await CountAsync(sale);

        var outcome = await CorrectOneAsync(Retraction(hasOrderId ? sale : sale with { OrderId = "" }));

        Assert.That(outcome.Code, Is.EqualTo(code));
        Assert.That(outcome.Kind, Is.EqualTo(code is null ? OutcomeKind.Completed : OutcomeKind.Failed));
        Assert.That(Google.AdjustmentCalls, Has.Count.EqualTo(code is null ? 1 : 0));
        Assert.That(outcome.MayHaveBeenSent, Is.EqualTo(code is null));
    }

    [TestCase(0, 1)]
    [TestCase(1, 0)]
    public async Task A_sale_older_than_54_days_is_not_sent(int secondsOver, int calls)
    {
        var sale = Sale();
        await CountAsync(sale);
        Time.SetUtcNow(sale.Time.AddDays(54).AddSeconds(secondsOver));

        var outcome = await CorrectOneAsync(Retraction(sale));

        Assert.That(Google.AdjustmentCalls, Has.Count.EqualTo(calls));
        Assert.That(outcome.Code, Is.EqualTo(calls == 1 ? null : "CONVERSION_EXPIRED"));
        Assert.That(StateOf(sale)!.IsRetracted, Is.EqualTo(calls == 1));
    }

    [Test]
    public async Task Each_error_finds_its_own_row()
    {
        var sales = new[] { Sale(), Sale("adj-TOO_MANY_ADJUSTMENTS-1"), Sale(), Sale(kind: ClickIdKind.Wbraid), Sale("adj-CONVERSION_EXPIRED-2") };
        await CountAsync(sales);

        var outcomes = await CorrectAsync([.. sales.Select(Retraction)]);

        Assert.That(outcomes.Select(outcome => outcome.Code), Is.EqualTo(
            new[] { null, "TOO_MANY_ADJUSTMENTS", null, "CORRECTION_NOT_POSSIBLE", "CONVERSION_EXPIRED" }));
        Assert.That(sales.Select(sale => StateOf(sale)!.IsRetracted), Is.EqualTo(new[] { true, false, true, false, false }));
        Assert.That(outcomes[1].Message, Does.StartWith("The conversion has already been adjusted"));
        Assert.That(outcomes[1].RequestId, Is.Not.Empty.And.EqualTo(Google.AdjustmentCalls.Single().RequestId));
    }

    [TestCase(-1)]
    [TestCase(null)]
    public async Task A_restatement_without_a_good_value_fails_unsent(int? minorUnits)
    {
        var correction = Retraction(Sale()) with
        {
            Kind = CorrectionKind.Restate,
            NewValue = minorUnits is { } minor ? TestConversions.Money(minor) : null,
        };

        Assert.That((await CorrectOneAsync(correction)).Code, Is.EqualTo("INVALID_VALUE"));
        Assert.That(Google.AdjustmentCalls, Is.Empty);
    }

    [Test]
    public async Task Of_two_corrections_of_a_sale_the_older_goes_first()
    {
        var sale = Sale();
        await CountAsync(sale);
        Time.Advance(TimeSpan.FromMinutes(1));
        var (older, newer) = (Restatement(sale, 7_000) with { CorrectedAt = Now.AddSeconds(-30) }, Restatement(sale, 6_000));

        var outcomes = await CorrectAsync(newer, older);

        Assert.That((outcomes[0].Kind, outcomes[0].Code, outcomes[0].RetryAfter, outcomes[0].SpendsAttempt, outcomes[0].MayHaveBeenSent),
            Is.EqualTo((OutcomeKind.Retry, "DUPLICATE_IN_BATCH", TimeSpan.FromMinutes(5), false, false)));
        Assert.That(outcomes[1].Kind, Is.EqualTo(OutcomeKind.Completed));
        Assert.That(StateOf(sale)!.Value, Is.EqualTo(70m));
    }

    [Test]
    public async Task What_is_too_large_goes_in_parts()
    {
        var sales = Enumerable.Range(0, 5).Select(_ => Sale()).ToArray();
        await CountAsync(sales);
        Google.QueueBehaviour(
            null, CallBehaviour.BadRequest("TOO_MANY_ADJUSTMENTS_IN_REQUEST"), target: CallTarget.Adjustment);

        var outcomes = await CorrectAsync([.. sales.Select(Retraction)]);

        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Completed));
        Assert.That(Google.AdjustmentCalls.Select(call => call.ConversionCount), Is.EqualTo(new[] { 5, 2, 2, 1 }));
    }

    [Test]
    public async Task If_no_part_is_small_enough_it_ends_and_what_was_not_sent_waits_unspent()
    {
        var sales = Enumerable.Range(0, 100).Select(_ => Sale()).ToArray();
        await CountAsync(sales);
        Google.SetBehaviour(null, CallBehaviour.BadRequest("TOO_MANY_ADJUSTMENTS_IN_REQUEST"), CallTarget.Adjustment);

        var outcomes = await CorrectAsync([.. sales.Select(Retraction)]);

        Assert.That(Google.AdjustmentCalls, Has.Count.EqualTo(32));
        Assert.That((outcomes[0].Kind, outcomes[0].Code), Is.EqualTo((OutcomeKind.Retry, "TOO_MANY_ADJUSTMENTS_IN_REQUEST")));
        Assert.That((outcomes[99].Code, outcomes[99].SpendsAttempt, outcomes[99].MayHaveBeenSent), Is.EqualTo(("NOT_PROCESSED", false, false)));
    }

    [Test]
    public async Task After_a_part_without_an_answer_the_rest_is_not_sent()
    {
        var sales = Enumerable.Range(0, 4).Select(_ => Sale()).ToArray();
        await CountAsync(sales);
        Google.QueueBehaviour(null, CallBehaviour.BadRequest("REQUEST_TOO_LARGE"), target: CallTarget.Adjustment);
        Google.QueueBehaviour(null, CallBehaviour.CutAfterAccept, target: CallTarget.Adjustment);

        var outcomes = await CorrectAsync([.. sales.Select(Retraction)]);

        Assert.That(outcomes.Select(outcome => outcome.Code), Is.All.EqualTo("CONNECTION"));
        Assert.That(outcomes.Select(outcome => outcome.MayHaveBeenSent), Is.EqualTo(new[] { true, true, false, false }));
        Assert.That(Google.AdjustmentCalls, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_lost_answer_is_made_good_by_the_same_correction()
    {
        var sale = Sale();
        await CountAsync(sale);
        Google.QueueBehaviour(null, CallBehaviour.CutAfterAccept, target: CallTarget.Adjustment);
        var correction = Restatement(sale, 7_000);

        var lost = await CorrectOneAsync(correction);
        var again = await CorrectOneAsync(correction with { MayHaveBeenSent = true });

        Assert.That((lost.Kind, lost.Category, lost.SpendsAttempt), Is.EqualTo((OutcomeKind.Retry, ErrorCategory.Transient, true)));
        Assert.That(again.Kind, Is.EqualTo(OutcomeKind.Completed));
        Assert.That((StateOf(sale)!.Value, StateOf(sale)!.Adjustments), Is.EqualTo((70m, 1)));
    }

    [Test]
    public async Task A_caller_that_is_not_allowlisted_waits_as_with_uploads()
    {
        Google.SetBehaviour(null, CallBehaviour.NotAllowlisted, CallTarget.Adjustment);

        var outcome = await CorrectOneAsync(Retraction(Sale()));

        Assert.That((outcome.Category, outcome.SpendsAttempt, outcome.RetryAfter),
            Is.EqualTo((ErrorCategory.Configuration, false, TimeSpan.FromHours(6))));
        Assert.That(outcome.Message, Does.Contain("data_manager"));
        Assert.That(CircuitSignals.Of([outcome]), Is.EqualTo(CircuitSignal.None));
    }

    [Test]
    public async Task Credentials_at_fault_fail_every_correction_unsent()
    {
        var outcome = (await Provider.CorrectAsync(
            new OpenedCredential("{}"u8.ToArray()), [Retraction(Sale())], CancellationToken.None))[0];

        Assert.That((outcome.Code, outcome.Category, outcome.MayHaveBeenSent), Is.EqualTo(("INVALID_CREDENTIALS", ErrorCategory.Auth, false)));
        Assert.That(await CorrectAsync(), Is.Empty);
        Assert.That(Google.AdjustmentCalls, Is.Empty);
    }
}
