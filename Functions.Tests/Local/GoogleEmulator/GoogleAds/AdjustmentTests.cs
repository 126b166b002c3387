using System.Net;
using System.Text.Json.Nodes;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Local.GoogleEmulator.GoogleAds;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.GoogleAds;

/// <summary>What <c>uploadConversionAdjustments</c> does to a conversion that was counted.</summary>
public class AdjustmentTests : AdjustmentFixture
{
    [Test]
    public async Task A_retraction_takes_the_conversion_back_and_later_adjustments_are_ignored_without_an_error()
    {
        await UploadAsync(Row(1));

        var (status, json) = await AdjustAsync(Retraction(1));
        var (_, later) = await AdjustAsync(Restatement(1, 50, "2026-11-23 12:59:00+03:00"));

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(json.ToJsonString(), Is.EqualTo(
            """{"results":[{"orderId":"sale-1","conversionAction":"customers/1234567890/conversionActions/777","adjustmentDateTime":"2026-11-23 12:00:00\u002B03:00","adjustmentType":"RETRACTION"}]}"""));
        Assert.That(later["results"]![0]!.AsObject(), Is.Not.Empty);
        Assert.That(Emulator.ConversionOf(Customer, "sale-1"), Is.EqualTo(State(1, 0, isRetracted: true, adjustments: 1)));
    }

    [Test]
    public async Task A_restatement_to_0_is_final_and_stays_counted()
    {
        await UploadAsync(Row(1));

        await AdjustAsync(Restatement(1, 0));
        var (_, later) = await AdjustAsync(Restatement(1, 50, "2026-11-23 12:59:00+03:00"));

        Assert.That(Summaries(later), Is.Empty);
        Assert.That(Emulator.ConversionOf(Customer, "sale-1"), Is.EqualTo(State(1, 0, adjustments: 1)));
    }

    [Test]
    public async Task A_second_restatement_needs_a_later_time()
    {
        await UploadAsync(Row(1));
        await AdjustAsync(Restatement(1, 70));

        // The same instant in another zone is a repetition.
        var (_, same) = await AdjustAsync(Restatement(1, 60, "2026-11-23 09:00:00+00:00"));
        var (_, earlier) = await AdjustAsync(Restatement(1, 50, "2026-11-23 11:59:59+03:00"));
        Assert.That(Emulator.ConversionOf(Customer, "sale-1")!.Value, Is.EqualTo(70m));
        await AdjustAsync(Restatement(1, 40, "2026-11-23 12:00:01+03:00"));

        Assert.That(Summaries(same), Is.Empty);
        Assert.That(Summaries(earlier), Is.EqualTo([
            "conversionAdjustmentUploadError/MORE_RECENT_RESTATEMENT_FOUND at conversion_adjustments[0].adjustment_date_time"]));
        Assert.That(Emulator.ConversionOf(Customer, "sale-1"), Is.EqualTo(State(1, 40, adjustments: 2)));
    }

    [Test]
    public async Task A_conversion_is_found_by_the_name_it_was_sent_under_and_no_other()
    {
        var nameless = Row(2);
        nameless.Remove("orderId");
        var wbraid = Row(3, "wbraid", "click-3");
        wbraid.Remove("gclid");
        await UploadAsync(Row(1), nameless, wbraid);

        var (_, json) = await AdjustAsync(
            Retraction(9), ByClick("click-1"), Retraction(3), ByClick("click-2"),
            With(Retraction(1), "conversionAction", "customers/1234567890/conversionActions/778"));

        Assert.That(Summaries(json), Is.EqualTo(new[] { 0, 1, 2, 4 }.Select(index =>
            $"conversionAdjustmentUploadError/CONVERSION_NOT_FOUND at conversion_adjustments[{index}]")));
        Assert.That(Emulator.Conversions.Where(one => one.IsRetracted).Select(one => one.ClickId), Is.EqualTo(["click-2"]));
    }

    [Test]
    public async Task A_conversion_of_Data_Manager_is_adjusted_by_its_transaction_id()
    {
        using var request = Content(new JsonObject
        {
            ["destinations"] = new JsonArray(new JsonObject
            {
                ["reference"] = "d1",
                ["operatingAccount"] = new JsonObject { ["accountType"] = "GOOGLE_ADS", ["accountId"] = Customer },
                ["productDestinationId"] = "777",
            }),
            ["events"] = new JsonArray(new JsonObject
            {
                ["transactionId"] = "sale-1",
                ["eventTimestamp"] = "2026-11-20T09:00:00Z",
                ["eventSource"] = "WEB",
                ["adIdentifiers"] = new JsonObject { ["gclid"] = "click-1" },
            }),
        });
        using var answer = await Http.PostAsync(new Uri("/v1/events:ingest", UriKind.Relative), request);
        Time.Advance(Emulator.ProcessingDelay);

        Assert.That(Summaries((await AdjustAsync(Retraction(1))).Json), Is.Empty);
    }

    [TestCase("2027-01-13T09:00:00Z", null)]
    [TestCase("2027-01-13T09:00:01Z", "CONVERSION_EXPIRED")]
    public async Task A_conversion_older_than_54_days_is_expired(string now, string? code)
    {
        await UploadAsync(Row(1));
        Time.SetUtcNow(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));
        await UseTokenOfAsync("CANARY-refresh");

        Assert.That(Summaries((await AdjustAsync(Retraction(1))).Json).SingleOrDefault(), code is null ? Is.Null : Does.Contain(code));
    }

    [Test]
    public async Task An_adjustment_dated_before_its_conversion_is_refused()
    {
        await UploadAsync(Row(1));

        var (_, json) = await AdjustAsync(With(Retraction(1), "adjustmentDateTime", "2026-11-20 11:59:59+03:00"));

        Assert.That(Summaries(json).Single(), Does.Contain("ADJUSTMENT_PRECEDES_CONVERSION"));
    }

    [Test]
    public async Task The_same_adjustment_twice_in_a_request_is_not_processed()
    {
        await UploadAsync(Row(1), Row(2));

        var (_, json) = await AdjustAsync(Restatement(1, 70), Retraction(2), Restatement(1, 60));

        Assert.That(Summaries(json).Select(text => text.Split(' ')[0]), Is.EqualTo(
            Enumerable.Repeat("conversionAdjustmentUploadError/DUPLICATE_ADJUSTMENT_IN_REQUEST", 2)));
        Assert.That(Emulator.Conversions.Select(one => one.Adjustments), Is.EqualTo(new[] { 0, 1 }));
    }

    [TestCase("WEBPAGE", false, null)]
    [TestCase("UPLOAD_CALLS", false, "INVALID_CONVERSION_ACTION_TYPE")]
    [TestCase("UPLOAD_CLICKS", true, "CANNOT_RESTATE_CONVERSION_ACTION_THAT_ALWAYS_USES_DEFAULT_CONVERSION_VALUE")]
    [TestCase(null, false, "NO_CONVERSION_ACTION_FOUND")]
    public async Task The_action_must_be_one_that_can_be_adjusted(string? type, bool alwaysDefault, string? code)
    {
        await UploadAsync(Row(1));
        Emulator.SetAccount(Customer, new AdsAccount
        {
            Actions = type is null ? [] : [new AdsAction(777) { Type = type, AlwaysUseDefaultValue = alwaysDefault }],
        });

        var (_, json) = await AdjustAsync(Restatement(1, 70));

        Assert.That(Summaries(json), Is.EqualTo(code is null
            ? []
            : new[] { $"conversionAdjustmentUploadError/{code} at conversion_adjustments[0].conversion_action" }));
    }

    [Test]
    public async Task A_script_fails_a_correction_by_its_order_id_or_its_conversions_click()
    {
        await UploadAsync(Row(1, "gclid", "adj-TOO_MANY_ADJUSTMENTS-1"), Row(2, "orderId", "adj1-INTERNAL_ERROR-2"));

        for (var attempt = 0; attempt < 2; attempt++)
        {
            var (_, json) = await AdjustAsync(Retraction(1), With(Retraction(2), "orderId", "adj1-INTERNAL_ERROR-2"));
            Assert.That(Summaries(json), Is.EqualTo(new[]
            {
                "conversionAdjustmentUploadError/TOO_MANY_ADJUSTMENTS at conversion_adjustments[0]",
                "internalError/INTERNAL_ERROR at conversion_adjustments[1]",
            }.Take(2 - attempt)));
        }
    }

    private static ConversionState State(int number, decimal value, bool isRetracted = false, int adjustments = 0) =>
        new(Customer, Action, $"sale-{number}", $"click-{number}", value, "TRY", isRetracted, adjustments);
}
