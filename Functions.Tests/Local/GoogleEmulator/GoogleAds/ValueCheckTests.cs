using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.GoogleAds;

/// <summary>What a row says must be possible: an id that can be decoded, money, a time that has been.</summary>
public class ValueCheckTests : EmulatorFixture
{
    private static readonly string[] NoClickIds =
    [
        "null", "NULL", "undefined", "None", "NaN", "test", "0", "-", "n/a", "(not set)", "{gclid}", "{{gclid}}", "%gclid%",
        "[object Object]", " Cj0K", "Cj0K ", "Cj 0K", "Cj0K\n", "Cj0K\u200b", "\ufeffCj0K", "\"Cj0K\"", "'Cj0K'", "gclid=Cj0K",
        "Cj0K&utm_source=google", "Cj0K%2DAB", "https://example.com/?gclid=Cj0K", "Cj0K==", "Cj0Kı",
    ];

    [TestCaseSource(nameof(NoClickIds))]
    public Task A_text_that_is_no_click_id_is_refused(string text) => AssertRefusedAsync(
        Row(1, "gclid", text), "conversionUploadError/UNPARSEABLE_GCLID at conversions[0].gclid");

    [TestCase("gbraid", "GBRAID")]
    [TestCase("wbraid", "WBRAID")]
    public Task Each_kind_of_click_id_has_its_own_error(string field, string name)
    {
        var row = Row(1, field, "null");
        row.Remove("gclid");
        return AssertRefusedAsync(row, $"conversionUploadError/UNPARSEABLE_{name} at conversions[0].{field}");
    }

    [TestCase("Cj0KCQiA4XkLgZeJ2g4XVwhLQO_LBzjScRgQD02gp4kkG0Z3hAM227PzVK_mA1Xw8zOjZzMrF_wcB")]
    [TestCase("0AAAAAjLVGf0vtJc1vkgrJ7Whu2V4Q")]
    [TestCase("nullable-7")]
    [TestCase("--")]
    public Task A_text_that_could_be_a_click_id_is_taken(string text) => AssertTakenAsync(Row(1, "gclid", text));

    [TestCase("XYZ")]
    [TestCase("TL")]
    [TestCase("YTL")]
    [TestCase("try")]
    [TestCase("XXX")]
    public Task A_currency_that_ISO_4217_does_not_know_is_refused(string currency) => AssertRefusedAsync(
        Row(1, "currencyCode", currency), "currencyCodeError/UNSUPPORTED at conversions[0].currency_code");

    [TestCase("JPY", "123.45")]
    [TestCase("ISK", "0.5")]
    [TestCase("TRY", "12.345")]
    [TestCase("KWD", "12.3456")]
    public Task A_value_with_more_decimals_than_its_currency_is_refused(string currency, string value) =>
        AssertRefusedAsync(Money(currency, value), "fieldError/INVALID_VALUE at conversions[0].conversion_value");

    [TestCase("JPY", "12345")]
    [TestCase("JPY", "12345.00")]
    [TestCase("KWD", "12.345")]
    [TestCase("TRY", "12.34")]
    [TestCase("IDR", "12345")]
    [TestCase("CLF", "1.2345")]
    [TestCase("TRY", "0")]
    public Task A_value_that_its_currency_can_express_is_taken(string currency, string value) =>
        AssertTakenAsync(Money(currency, value));

    [Test]
    public Task A_negative_value_is_refused() => AssertRefusedAsync(
        Money("TRY", "-0.01"), "rangeError/TOO_LOW at conversions[0].conversion_value");

    [Test]
    public async Task A_time_in_the_future_is_refused_and_this_very_second_is_taken()
    {
        await AssertRefusedAsync(
            Row(1, "conversionDateTime", "2026-11-23 13:00:01+03:00"),
            "dateError/LATER_THAN_MAXIMUM_DATE at conversions[0].conversion_date_time");
        await AssertTakenAsync(Row(1, "conversionDateTime", "2026-11-23 13:00:00+03:00"));
    }

    [Test]
    public async Task A_conversion_before_its_click_is_refused_where_the_click_is_known()
    {
        using var told = await Http.PostAsJsonAsync(
            "/emulator/clicks", new { clickId = "click-1", time = "2026-11-20T12:00:01+03:00" });
        Assert.That(told.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));

        await AssertRefusedAsync(
            Row(1), "conversionUploadError/CONVERSION_PRECEDES_EVENT at conversions[0].conversion_date_time");
        await AssertTakenAsync(Row(1, "conversionDateTime", "2026-11-20 12:00:01+03:00"));
        Emulator.Reset();
        await AssertTakenAsync(Row(1));
    }

    [TestCase("someone@example.com")]
    [TestCase("order-7 someone@example.co.uk")]
    [TestCase("+905321234567")]
    [TestCase("order:+90 (532) 123-45-67")]
    [TestCase("00905321234567")]
    [TestCase("05321234567")]
    [TestCase("om-05321234567")]
    [TestCase("0532 123 45 67")]
    [TestCase("0532-123-4567")]
    [TestCase("(555) 123-4567")]
    public async Task An_order_id_with_an_address_or_a_telephone_number_is_refused(string order)
    {
        var (_, json) = await UploadAsync(Row(1, "orderId", order));

        Assert.That(Summaries(json), Is.EqualTo(["conversionUploadError/ORDER_ID_CONTAINS_PII at conversions[0].order_id"]));
        Assert.That(json.ToJsonString(), Does.Not.Contain(order));
        Assert.That(Emulator.EffectCount, Is.Zero);
    }

    [TestCase("4711")]
    [TestCase("0000012345")]
    [TestCase("5321234567890")]
    [TestCase("2026-11-20-0001")]
    [TestCase("123-4567890-1234567")]
    [TestCase("shop@7")]
    [TestCase("a+12345678")]
    [TestCase("05321234-0532-4123-8456-053212345678")]
    public Task An_order_number_is_taken(string order) => AssertTakenAsync(Row(1, "orderId", order));

    [Test]
    public async Task An_error_that_the_click_id_asks_for_comes_before_what_is_wrong_with_the_row()
    {
        var always = Row(1, "gclid", "err-EXPIRED_EVENT-proc-EVENT_TOO_OLD");
        var once = Row(2, "gclid", "once-INTERNAL_ERROR-2");
        always["currencyCode"] = "XYZ";
        once["currencyCode"] = "XYZ";

        var (_, first) = await UploadAsync(always, once.DeepClone().AsObject());
        var (_, second) = await UploadAsync(once);

        Assert.That(Summaries(first), Is.EqualTo(new[]
        {
            "conversionUploadError/EXPIRED_EVENT at conversions[0].gclid", "internalError/INTERNAL_ERROR at conversions[1]",
        }));
        Assert.That(Summaries(second), Is.EqualTo(["currencyCodeError/UNSUPPORTED at conversions[0].currency_code"]));
    }

    [Test]
    public async Task A_row_refused_for_its_values_leaves_no_trace()
    {
        await UploadAsync(Row(1, "currencyCode", "XYZ"), Row(1));
        var (_, json) = await UploadAsync(Row(1));

        Assert.That(Summaries(json), Is.EqualTo(
            ["conversionUploadError/CLICK_CONVERSION_ALREADY_EXISTS at conversions[0].gclid"]));
        Assert.That(Emulator.EffectCount, Is.EqualTo(1));
    }

    [Test]
    public async Task Without_partial_failure_one_bad_value_refuses_every_row()
    {
        var request = Request(Row(0), Row(1, "gclid", "null"));
        request["partialFailure"] = false;

        var (status, json) = await PostUploadAsync(request);

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(Summaries(json), Is.EqualTo(["conversionUploadError/UNPARSEABLE_GCLID at conversions[1].gclid"]));
        Assert.That(Emulator.EffectCount, Is.Zero);
    }

    private static JsonObject Money(string currency, string value)
    {
        var row = Row(1, "currencyCode", currency);
        row["conversionValue"] = JsonNode.Parse(value);
        return row;
    }

    private async Task AssertRefusedAsync(JsonObject row, string expected)
    {
        var (status, json) = await UploadAsync(Row(0), row);

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(Summaries(json), Is.EqualTo([expected.Replace("conversions[0]", "conversions[1]", StringComparison.Ordinal)]));
        Assert.That(Emulator.Accepted.Select(taken => taken.OrderId), Is.EqualTo(["sale-0"]));
        Emulator.Reset();
    }

    private async Task AssertTakenAsync(JsonObject row)
    {
        var (_, json) = await UploadAsync(row);

        Assert.That(Summaries(json), Is.Empty);
        Assert.That(Emulator.EffectCount, Is.EqualTo(1));
    }
}
