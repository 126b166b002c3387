using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Local.GoogleEmulator.GoogleAds;

namespace OpsMantik.Functions.Tests.Providers.Corrections;

/// <summary>What each error of the Google Ads API makes of a correction, as Google answers it over the wire.</summary>
public sealed class AdjustmentErrorTests() : CorrectionFixture("google_ads")
{
    private static readonly TimeSpan SixHours = TimeSpan.FromHours(6);

    [TestCase("CONVERSION_ALREADY_RETRACTED")]
    public async Task What_is_done_already_is_completed_under_its_code(string code)
    {
        foreach (var correction in await ScriptedAsync(code))
            Assert.That(await CorrectOneAsync(correction), Has.Property("Kind").EqualTo(OutcomeKind.Completed).And.Property("Code").EqualTo(code));
    }

    /// <summary>A canceled sale that stays counted is not done, and the same second means ours only if we can have sent it.</summary>
    [TestCase("MORE_RECENT_RESTATEMENT_FOUND", CorrectionKind.Restate, false, true)]
    [TestCase("MORE_RECENT_RESTATEMENT_FOUND", CorrectionKind.Retract, true, false)]
    [TestCase("RESTATEMENT_ALREADY_EXISTS", CorrectionKind.Restate, true, true)]
    [TestCase("RESTATEMENT_ALREADY_EXISTS", CorrectionKind.Restate, false, false)]
    [TestCase("RESTATEMENT_ALREADY_EXISTS", CorrectionKind.Retract, true, false)]
    public async Task Another_restatement_is_a_success_only_where_it_does_what_was_asked(
        string code, CorrectionKind kind, bool sentBefore, bool isDone)
    {
        var correction = (await ScriptedAsync(code)).Single(one => one.Kind == kind) with { MayHaveBeenSent = sentBefore };

        var outcome = await CorrectOneAsync(correction);

        Assert.That((outcome.Kind, outcome.Code), Is.EqualTo(isDone
            ? (OutcomeKind.Completed, code)
            : (OutcomeKind.Failed, "CORRECTION_NOT_TAKEN")));
        Assert.That(outcome.Message, isDone ? Is.Null : Does.Contain(code));
    }

    [TestCase("TOO_RECENT_CONVERSION_ACTION", ErrorCategory.Transient)]
    [TestCase("NO_CONVERSION_ACTION_FOUND", ErrorCategory.Configuration)]
    [TestCase("INVALID_CONVERSION_ACTION_TYPE", ErrorCategory.Configuration)]
    [TestCase("CANNOT_RESTATE_CONVERSION_ACTION_THAT_ALWAYS_USES_DEFAULT_CONVERSION_VALUE", ErrorCategory.Configuration)]
    [TestCase("CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS", ErrorCategory.Configuration)]
    public async Task What_time_or_a_person_mends_waits_six_hours_unspent(string code, ErrorCategory category)
    {
        foreach (var correction in await ScriptedAsync(code))
        {
            var outcome = await CorrectOneAsync(correction);

            Assert.That(
                (outcome.Kind, outcome.Code, outcome.Category, outcome.RetryAfter, outcome.SpendsAttempt),
                Is.EqualTo((OutcomeKind.Retry, code, (ErrorCategory?)category, (TimeSpan?)SixHours, false)));
        }
    }

    [TestCase("CONVERSION_EXPIRED")]
    [TestCase("ADJUSTMENT_PRECEDES_CONVERSION")]
    [TestCase("TOO_MANY_ADJUSTMENTS")]
    [TestCase("ORDER_ID_CONTAINS_PII")]
    [TestCase("INVALID_JOB_ID")]
    [TestCase("GCLID_DATE_TIME_PAIR_AND_ORDER_ID_BOTH_SET")]
    [TestCase("CONVERSION_ALREADY_ENHANCED")]
    public async Task What_nothing_mends_fails_with_Googles_words(string code)
    {
        var outcome = await CorrectOneAsync((await ScriptedAsync(code))[0]);

        Assert.That((outcome.Kind, outcome.Code, outcome.Category), Is.EqualTo((OutcomeKind.Failed, code, ErrorCategory.Validation)));
        Assert.That(outcome.Message, Is.Not.Empty);
    }

    [TestCase("DUPLICATE_ADJUSTMENT_IN_REQUEST", false, 5)]
    [TestCase("INTERNAL_ERROR", true, null)]
    [TestCase("TOO_MANY_ADJUSTMENTS_IN_REQUEST", true, null)]
    [TestCase("ADDED_BY_GOOGLE_TOMORROW", true, null)]
    public async Task What_may_pass_another_time_is_tried_again(string code, bool spends, int? minutes)
    {
        var outcome = await CorrectOneAsync((await ScriptedAsync(code))[0]);

        Assert.That(
            (outcome.Kind, outcome.Code, outcome.Category, outcome.SpendsAttempt, outcome.RetryAfter?.TotalMinutes),
            Is.EqualTo((OutcomeKind.Retry, code, (ErrorCategory?)ErrorCategory.Transient, spends, (double?)minutes)));
    }

    [TestCase(0, false, 6.0)]
    [TestCase(17.9, true, 6.0)]
    [TestCase(23, true, 1.0)]
    [TestCase(24, true, null)]
    [TestCase(30, false, 6.0)]
    public async Task A_sale_that_Google_does_not_find_is_asked_for_again_for_a_day(double hours, bool sentBefore, double? wait)
    {
        var correction = Retraction(Sale()) with { CorrectedAt = Now.AddHours(-hours), MayHaveBeenSent = sentBefore };

        var outcome = await CorrectOneAsync(correction);

        Assert.That((outcome.Code, outcome.RetryAfter?.TotalHours), Is.EqualTo(("CONVERSION_NOT_FOUND", wait)));
        Assert.That(outcome.Kind, Is.EqualTo(wait is null ? OutcomeKind.Failed : OutcomeKind.Retry));
        Assert.That(outcome.SpendsAttempt, Is.EqualTo(wait is null));
    }

    [TestCase(10, 14)]
    [TestCase(30, 6)]
    public async Task A_sale_that_Google_holds_too_recent_waits_until_it_is_a_day_old(int age, int wait)
    {
        var sale = Sale("adj-TOO_RECENT_CONVERSION-1") with { Time = Now.AddHours(-age) };
        await Provider.UploadAsync(Credential, [sale], CancellationToken.None);

        var outcome = await CorrectOneAsync(Retraction(sale));

        Assert.That(
            (outcome.Kind, outcome.Code, outcome.RetryAfter, outcome.SpendsAttempt),
            Is.EqualTo((OutcomeKind.Retry, "TOO_RECENT_CONVERSION", (TimeSpan?)TimeSpan.FromHours(wait), false)));
    }

    [Test]
    public async Task A_default_value_can_be_taken_back_and_not_restated()
    {
        var (changed, canceled) = (Sale(), Sale());
        await CountAsync(changed, canceled);
        Google.SetAccount(Customer, new AdsAccount { Actions = [new AdsAction(456) { AlwaysUseDefaultValue = true }] });

        var outcomes = await CorrectAsync(Restatement(changed, 7_000), Retraction(canceled));

        Assert.That(outcomes[0].Message, Does.StartWith("Set the conversion action to use a different value"));
        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.EqualTo(new[] { OutcomeKind.Retry, OutcomeKind.Completed }));
    }

    /// <summary>ConversionAdjustmentUploadError of v25 whole: a name missing here would be retried for nothing.</summary>
    [Test]
    public void Every_name_of_the_enum_is_listed_and_of_its_family_only()
    {
        Assert.That(AdjustmentErrorTable.All, Has.Count.EqualTo(27));
        Assert.That(AdjustmentErrorTable.All.Keys.Select(name => AdjustmentErrorTable.Find("conversionUploadError", name)), Is.All.Null);
        Assert.That(ErrorTable.Find("conversionUploadError", "INVALID_JOB_ID"), Is.EqualTo(ErrorClass.Configuration));
        Assert.That(ErrorTable.Find("conversionAdjustmentUploadError", "INVALID_JOB_ID"), Is.EqualTo(ErrorClass.Permanent));
    }

    /// <summary>A retraction and a restatement of two sales that Google counted and answers with the error.</summary>
    private async Task<IReadOnlyList<Correction>> ScriptedAsync(string code)
    {
        var (canceled, changed) = (Sale($"adj-{code}-1"), Sale($"adj-{code}-2"));
        await CountAsync(canceled, changed);
        return [Retraction(canceled), Restatement(changed, 7_000)];
    }
}
