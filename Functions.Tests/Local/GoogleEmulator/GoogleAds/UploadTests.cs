using System.Net;
using System.Text.Json.Nodes;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.GoogleAds;

public class UploadTests : EmulatorFixture
{
    [Test]
    public async Task Good_rows_come_back_as_results_and_are_remembered_as_sent()
    {
        var braid = Row(2, "wbraid", "w-2");
        braid.Remove("gclid");
        braid["consent"] = new JsonObject { ["adUserData"] = "DENIED" };
        braid["conversionValue"] = JsonNode.Parse("0.10");

        var (status, json) = await UploadAsync(Row(1), braid);

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(json.ToJsonString(), Is.EqualTo(
            """{"results":[{"gclid":"click-1","conversionAction":"customers/1234567890/conversionActions/777","conversionDateTime":"2026-11-20 12:00:00\u002B03:00"},{"wbraid":"w-2","conversionAction":"customers/1234567890/conversionActions/777","conversionDateTime":"2026-11-20 12:00:00\u002B03:00"}]}"""));
        Assert.That(Emulator.Accepted, Is.EqualTo(new[]
        {
            new AcceptedConversion(
                Customer, Action, "sale-1", "gclid", "click-1", "2026-11-20 12:00:00+03:00", 12.5m, "TRY", null),
            new AcceptedConversion(
                Customer, Action, "sale-2", "wbraid", "w-2", "2026-11-20 12:00:00+03:00", 0.10m, "TRY",
                new(ConsentStatus.Denied, null)),
        }));
        Assert.That(Emulator.EffectCount, Is.EqualTo(2));
    }

    [Test]
    public async Task Rows_fail_one_by_one_in_a_single_failure_of_the_requests_version()
    {
        var request = Request(
            Row(0), Row(1, "conversionDateTime", "2026-11-20"), Row(2), Row(3, "gclid", "err-EXPIRED_EVENT-3"));

        var (status, json) = await PostUploadAsync(request, version: "v26");

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        var failure = json["partialFailureError"]!;
        Assert.That((int)failure["code"]!, Is.EqualTo(3));
        Assert.That((string?)failure["message"], Is.EqualTo(
            "Multiple errors in \u2018details\u2019. First error: The string date time's format should be yyyy-mm-dd "
            + "hh:mm:ss+|-hh:mm., at conversions[1].conversion_date_time"));
        Assert.That((string?)failure["details"]![0]!["@type"],
            Is.EqualTo("type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure"));
        Assert.That((string?)failure["details"]![0]!["requestId"], Is.EqualTo(Emulator.Calls[0].RequestId));
        Assert.That(Errors(json)[1]!.ToJsonString(), Is.EqualTo(
            """{"errorCode":{"conversionUploadError":"EXPIRED_EVENT"},"message":"The imported event can\u0027t be recorded because its click occurred before this conversion\u0027s click-through window. Make sure you import the most recent data.","trigger":{"stringValue":"err-EXPIRED_EVENT-3"},"location":{"fieldPathElements":[{"fieldName":"conversions","index":3},{"fieldName":"gclid"}]}}"""));
        Assert.That(json["results"]!.AsArray().Select(result => result!.AsObject().Count), Is.EqualTo([3, 0, 3, 0]));
        Assert.That(Emulator.Accepted.Select(row => row.OrderId), Is.EqualTo(["sale-0", "sale-2"]));
    }

    [Test]
    public async Task Without_partial_failure_one_bad_row_refuses_them_all()
    {
        var request = Request(Row(1), Row(2, "gclid", "err-EXPIRED_EVENT"));
        request["partialFailure"] = false;

        var (status, json) = await PostUploadAsync(request);

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(Summaries(json), Is.EqualTo(["conversionUploadError/EXPIRED_EVENT at conversions[1].gclid"]));
        Assert.That(Emulator.EffectCount, Is.Zero);
    }

    [Test]
    public async Task Validate_only_finds_the_same_errors_and_counts_nothing()
    {
        await UploadAsync(Row(1));
        var request = Request(Row(1), Row(2), Row(3, "gclid", "once-INTERNAL_ERROR-3"));
        request["validateOnly"] = true;

        var (_, first) = await PostUploadAsync(request.DeepClone().AsObject());
        var (_, second) = await PostUploadAsync(request.DeepClone().AsObject());

        Assert.That(first["results"], Is.Null);
        Assert.That(Summaries(first), Is.EqualTo(new[]
        {
            "conversionUploadError/CLICK_CONVERSION_ALREADY_EXISTS at conversions[0].gclid",
            "internalError/INTERNAL_ERROR at conversions[2]",
        }));
        Assert.That(Summaries(second), Is.EqualTo(Summaries(first)));
        Assert.That(Emulator.EffectCount, Is.EqualTo(1));
    }

    [Test]
    public async Task The_call_is_remembered_with_its_headers_owner_body_and_answer()
    {
        Http.DefaultRequestHeaders.Add("login-customer-id", "9876543210");
        Http.DefaultRequestHeaders.Add("developer-token", "CANARY-developer");
        var request = Request(Row(1), Row(2));
        using var response = await Http.PostAsync(Path(), Content(request));

        var call = Emulator.Calls.Single();
        Assert.That(
            (call.CustomerId, call.ApiVersion, call.LoginCustomerId, call.DeveloperToken, call.RefreshToken),
            Is.EqualTo((Customer, "v25", "9876543210", "CANARY-developer", "CANARY-refresh")));
        Assert.That((call.ConversionCount, call.Status), Is.EqualTo((2, 200)));
        Assert.That(call.Body, Is.EqualTo(request.ToJsonString()));
        Assert.That(response.Headers.GetValues("request-id"), Is.EqualTo([call.RequestId]));
        Assert.That(call.ToString(), Is.EqualTo("[redacted]"));
    }

    [Test]
    public async Task Missing_headers_are_remembered_as_missing()
    {
        await UploadAsync(Row(1));

        var call = Emulator.Calls.Single();
        Assert.That((call.LoginCustomerId, call.DeveloperToken, call.HasDeveloperToken), Is.EqualTo(
            ((string?)null, (string?)null, false)));
    }

    [Test]
    public async Task Bodies_are_dropped_when_a_benchmark_sets_it()
    {
        Emulator.KeepBodies = false;
        await UploadAsync(Row(1));

        Assert.That(Emulator.Calls.Single().Body, Is.Empty);
    }

    [Test]
    public async Task The_job_id_comes_back_as_a_string()
    {
        var request = Request(Row(1));
        request["jobId"] = 42;

        var (_, json) = await PostUploadAsync(request);

        Assert.That(json["jobId"]!.ToJsonString(), Is.EqualTo("\"42\""));
    }
}
