using System.Net;
using System.Text.Json.Nodes;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.GoogleAds;

public class RowCheckTests : EmulatorFixture
{
    [TestCase("2026-11-20 12:00:00")]
    [TestCase("2026-11-20T12:00:00+03:00")]
    [TestCase("2026-11-20 12:00:00Z")]
    [TestCase("2026-11-20 12:00:00+0300")]
    [TestCase("2026-11-20 12:00:00+3:00")]
    [TestCase("2026-11-20 12:00:00.5+03:00")]
    [TestCase("2026-11-20 12:00+03:00")]
    [TestCase("2026-13-20 12:00:00+03:00")]
    [TestCase("2026-11-20 24:00:00+03:00")]
    [TestCase("2026-11-20 12:00:00+03:00\n")]
    [TestCase(" 2026-11-20 12:00:00+03:00")]
    public Task A_time_in_another_format_is_refused(string time) => AssertRefusedAsync(
        Row(1, "conversionDateTime", time),
        "dateError/INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET at conversions[0].conversion_date_time");

    [TestCase("2026-11-20 12:00:00+00:00")]
    [TestCase("2026-11-20 23:59:59-11:30")]
    public async Task A_time_with_seconds_and_offset_is_taken(string time)
    {
        await UploadAsync(Row(1, "conversionDateTime", time));

        Assert.That(Emulator.Accepted.Single().ConversionDateTime, Is.EqualTo(time));
    }

    [TestCase("conversionDateTime", "fieldError/REQUIRED at conversions[0].conversion_date_time")]
    [TestCase("conversionAction", "fieldError/REQUIRED at conversions[0].conversion_action")]
    [TestCase("gclid", "fieldError/REQUIRED at conversions[0].gclid")]
    public Task A_missing_field_is_refused(string field, string expected)
    {
        var row = Row(1);
        row.Remove(field);
        return AssertRefusedAsync(row, expected);
    }

    [TestCase("777")]
    [TestCase("customers/1234567890/conversionActions/")]
    [TestCase("customers/123-456-7890/conversionActions/777")]
    public Task A_malformed_conversion_action_is_refused(string action) => AssertRefusedAsync(
        Row(1, "conversionAction", action),
        "requestError/RESOURCE_NAME_MALFORMED at conversions[0].conversion_action");

    [TestCase("try")]
    [TestCase("TL")]
    [TestCase("EURO")]
    public Task A_currency_that_is_not_three_capitals_is_refused(string currency) => AssertRefusedAsync(
        Row(1, "currencyCode", currency), "currencyCodeError/UNSUPPORTED at conversions[0].currency_code");

    [Test]
    public Task Gbraid_and_wbraid_together_are_refused()
    {
        var row = Row(1, "gbraid", "g");
        row["wbraid"] = "w";
        row.Remove("gclid");
        return AssertRefusedAsync(row, "conversionUploadError/GBRAID_WBRAID_BOTH_SET at conversions[0]");
    }

    [TestCase("gbraid")]
    [TestCase("wbraid")]
    public Task A_second_click_id_beside_the_gclid_is_refused(string second) => AssertRefusedAsync(
        Row(1, second, "x"), $"fieldError/VALUE_MUST_BE_UNSET at conversions[0].{second}");

    [Test]
    public async Task One_row_can_have_several_errors()
    {
        var row = Row(1, "currencyCode", "tl");
        row["conversionDateTime"] = "yesterday";

        var (_, json) = await UploadAsync(Row(0), row);

        Assert.That(Summaries(json), Is.EqualTo(new[]
        {
            "dateError/INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET at conversions[1].conversion_date_time",
            "currencyCodeError/UNSUPPORTED at conversions[1].currency_code",
        }));
    }

    private async Task AssertRefusedAsync(JsonObject row, string expected)
    {
        var (status, json) = await UploadAsync(row);

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(Summaries(json), Is.EqualTo([expected]));
        Assert.That(json["results"]!.ToJsonString(), Is.EqualTo("[{}]"));
        Assert.That(Emulator.EffectCount, Is.Zero);
    }
}
