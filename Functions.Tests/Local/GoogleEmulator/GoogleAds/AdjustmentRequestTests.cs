using System.Net;
using System.Text.Json.Nodes;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.GoogleAds;

/// <summary>What <c>uploadConversionAdjustments</c> refuses before it looks for a conversion, and what is recorded.</summary>
public class AdjustmentRequestTests : AdjustmentFixture
{
    private const string Own = "conversionAdjustmentUploadError";

    [TestCase("orderId", null, "fieldError/REQUIRED at conversion_adjustments[0].order_id")]
    [TestCase("orderId", "\"0532 123 45 67\"", Own + "/ORDER_ID_CONTAINS_PII at conversion_adjustments[0].order_id")]
    [TestCase("conversionAction", null, "fieldError/REQUIRED at conversion_adjustments[0].conversion_action")]
    [TestCase("conversionAction", "\"777\"", "requestError/RESOURCE_NAME_MALFORMED at conversion_adjustments[0].conversion_action")]
    [TestCase("adjustmentType", null, "fieldError/REQUIRED at conversion_adjustments[0].adjustment_type")]
    [TestCase("adjustmentType", "\"ENHANCEMENT\"", Own + "/INVALID_CONVERSION_ACTION_TYPE at conversion_adjustments[0].conversion_action")]
    [TestCase("adjustmentType", "\"RETRACTION\"", "fieldError/VALUE_MUST_BE_UNSET at conversion_adjustments[0].restatement_value")]
    [TestCase("restatementValue", null, "fieldError/REQUIRED at conversion_adjustments[0].restatement_value")]
    [TestCase("restatementValue", "{}", "fieldError/REQUIRED at conversion_adjustments[0].restatement_value.adjusted_value")]
    [TestCase("restatementValue", """{"adjustedValue":-1}""", "rangeError/TOO_LOW at conversion_adjustments[0].restatement_value.adjusted_value")]
    [TestCase("restatementValue", """{"adjustedValue":1.5,"currencyCode":"JPY"}""",
        "fieldError/INVALID_VALUE at conversion_adjustments[0].restatement_value.adjusted_value")]
    [TestCase("restatementValue", """{"adjustedValue":1,"currencyCode":"ZZZ"}""",
        "currencyCodeError/UNSUPPORTED at conversion_adjustments[0].restatement_value.currency_code")]
    [TestCase("adjustmentDateTime", null, "fieldError/REQUIRED at conversion_adjustments[0].adjustment_date_time")]
    [TestCase("adjustmentDateTime", "\"2026-11-23T09:00:00Z\"",
        "dateError/INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET at conversion_adjustments[0].adjustment_date_time")]
    [TestCase("adjustmentDateTime", "\"2026-11-23 10:00:01+00:00\"",
        "dateError/LATER_THAN_MAXIMUM_DATE at conversion_adjustments[0].adjustment_date_time")]
    [TestCase("gclidDateTimePair", """{"gclid":"click-1","conversionDateTime":"2026-11-20 12:00:00+03:00"}""",
        Own + "/GCLID_DATE_TIME_PAIR_AND_ORDER_ID_BOTH_SET at conversion_adjustments[0]")]
    [TestCase("userIdentifiers", "[{}]", "fieldError/VALUE_MUST_BE_UNSET at conversion_adjustments[0].user_identifiers")]
    public async Task A_row_that_Google_does_not_take_is_refused_alone(string field, string? value, string expected)
    {
        await UploadAsync(Row(1), Row(2));
        var row = Restatement(1, 70);
        row.Remove(field);
        if (value is not null)
            row[field] = JsonNode.Parse(value);

        var (status, json) = await AdjustAsync(row, Retraction(2));

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(Summaries(json), Is.EqualTo([expected]));
        Assert.That(json["results"]!.AsArray().Select(result => result!.AsObject().Count), Is.EqualTo(new[] { 0, 4 }));
        Assert.That(Emulator.Conversions.Select(one => one.Adjustments), Is.EqualTo(new[] { 0, 1 }));
    }

    [TestCase("orderID", "\"a\"")]
    [TestCase("restatementValue", """{"value":1}""")]
    [TestCase("adjustmentType", "\"CANCELLATION\"")]
    public async Task A_name_or_value_that_Google_does_not_know_refuses_the_request(string field, string value)
    {
        await UploadAsync(Row(1));

        var (status, json) = await AdjustAsync(With(Retraction(1), field, JsonNode.Parse(value)));

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((string)json["error"]!["message"]!, Does.StartWith("Invalid JSON payload received."));
        Assert.That(Emulator.Conversions.Single().IsRetracted, Is.False);
    }

    [TestCase(0, "requestError/REQUIRED_FIELD_MISSING")]
    [TestCase(2001, Own + "/TOO_MANY_ADJUSTMENTS_IN_REQUEST")]
    public async Task A_request_holds_1_to_2000_adjustments(int count, string expected)
    {
        var (status, json) = await AdjustAsync(Enumerable.Range(0, count).Select(Retraction));

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(Summaries(json), Is.EqualTo([expected]));
    }

    [Test]
    public async Task Without_partial_failure_one_bad_row_refuses_all()
    {
        await UploadAsync(Row(1));
        var request = Adjustments(Retraction(1), Retraction(2));
        request["partialFailure"] = false;

        var (status, json) = await PostAdjustmentsAsync(request);

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(Summaries(json), Is.EqualTo([Own + "/CONVERSION_NOT_FOUND at conversion_adjustments[1]"]));
        Assert.That(Emulator.Conversions.Single().IsRetracted, Is.False);
    }

    [Test]
    public async Task A_request_that_is_only_validated_changes_nothing()
    {
        await UploadAsync(Row(1));
        var request = Adjustments(Retraction(1));
        request["validateOnly"] = true;

        var (_, json) = await PostAdjustmentsAsync(request);

        Assert.That(json.ToJsonString(), Is.EqualTo("{}"));
        Assert.That(Emulator.Conversions.Single().IsRetracted, Is.False);
    }

    [Test]
    public async Task Calls_and_final_states_are_listed_over_HTTP_until_a_reset()
    {
        await UploadAsync(Row(1));
        Emulator.QueueBehaviour(Customer, CallBehaviour.Forbidden, target: CallTarget.Adjustment);
        await AdjustAsync(Retraction(1));
        await AdjustAsync(Retraction(1));

        var calls = (await ControlAsync("adjustment-calls")).AsArray();
        Assert.That(calls.Select(call => ((int)call!["conversionCount"]!, (int)call["status"]!)), Is.EqualTo(new[] { (1, 403), (1, 200) }));
        Assert.That((await ControlAsync("conversions")).ToJsonString(), Is.EqualTo(
            """[{"customerId":"1234567890","conversionAction":"customers/1234567890/conversionActions/777","orderId":"sale-1","clickId":"click-1","value":0,"currency":"TRY","isRetracted":true,"adjustments":1}]"""));
        Assert.That((Emulator.Calls.Count, Emulator.EffectCount), Is.EqualTo((1, 1L)), "no upload and no effect");
        Emulator.Reset();
        Assert.That((Emulator.AdjustmentCalls.Count, Emulator.Conversions.Count), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task A_retired_version_and_a_wrong_token_are_refused_as_for_uploads()
    {
        var (_, version) = await PostAdjustmentsAsync(Adjustments(Retraction(1)), "v22");
        Http.DefaultRequestHeaders.Authorization = null;
        var (status, _) = await AdjustAsync(Retraction(1));

        Assert.That(Summaries(version), Is.EqualTo(["requestError/UNSUPPORTED_VERSION"]));
        Assert.That(status, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    private async Task<JsonNode> ControlAsync(string path) =>
        JsonNode.Parse(await Http.GetStringAsync(new Uri($"/emulator/{path}", UriKind.Relative)))!;
}
