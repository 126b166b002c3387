using System.Net;
using System.Net.Http.Json;
using System.Net.NetworkInformation;
using System.Text.Json.Nodes;
using OpsMantik.Functions.Tests.Local.GoogleEmulator.DataManager;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator;

public class ControlEndpointTests : DataManagerFixture
{
    [Test]
    public async Task Conversions_calls_and_orders_are_listed_over_HTTP()
    {
        await UploadAsync(Row(1, "consent", new JsonObject { ["adUserData"] = "GRANTED" }));

        Assert.That((await GetAsync("accepted")).ToJsonString(), Is.EqualTo(
            """[{"customerId":"1234567890","conversionAction":"customers/1234567890/conversionActions/777","orderId":"sale-1","clickIdKind":"gclid","clickIdValue":"click-1","conversionDateTime":"2026-11-20 12:00:00\u002B03:00","value":12.5,"currency":"TRY","consent":{"adUserData":"GRANTED","adPersonalization":null},"userIdentifiers":0}]"""));
        var call = (await GetAsync("calls"))[0]!;
        Assert.That(((string?)call["customerId"], (int)call["conversionCount"]!, (int)call["status"]!), Is.EqualTo(
            (Customer, 1, 200)));
        Assert.That((string?)(await GetAsync("tokens"))[0]!["clientId"], Is.EqualTo("CANARY-client"));
        Assert.That((await GetAsync("orders")).ToJsonString(), Is.EqualTo(
            """[{"customerId":"1234567890","orderId":"sale-1","deliveries":1,"counted":1}]"""));
    }

    [Test]
    public async Task Tokens_are_told_apart_over_HTTP_without_being_shown()
    {
        Http.DefaultRequestHeaders.Add("developer-token", "CANARY-developer");
        await UploadAsync(Row(1));

        var calls = await GetAsync("calls");
        var tokens = await GetAsync("tokens");

        Assert.That(calls.ToJsonString() + tokens.ToJsonString(),
            Does.Not.Contain("CANARY-refresh").And.Not.Contain("CANARY-developer"));
        Assert.That((bool)calls[0]!["hasDeveloperToken"]!, Is.True);
        Assert.That((string?)calls[0]!["refreshTokenFingerprint"], Has.Length.EqualTo(12)
            .And.EqualTo((string?)tokens[0]!["refreshTokenFingerprint"]));
    }

    [Test]
    public async Task Behaviours_are_set_over_HTTP()
    {
        await SetAsync("behaviour", """{"kind":"ServerError","code":"502"}""");
        await SetAsync("behaviour", """{"customerId":"1234567890","kind":"quotaTemporary","delayMs":1500,"times":1}""");
        await SetAsync("behaviour", """{"kind":"BadRequest","code":"INVALID_CUSTOMER_ID","times":1}""");

        var (_, quota) = await UploadAsync(Row(1));
        var (_, bad) = await UploadAsync(Row(1));
        var (status, _) = await UploadAsync(Row(1));

        Assert.That((string?)Errors(quota)[0]!["details"]!["quotaErrorDetails"]!["retryDelay"], Is.EqualTo("1.5s"));
        Assert.That(Summaries(bad), Is.EqualTo(["requestError/INVALID_CUSTOMER_ID"]));
        Assert.That(status, Is.EqualTo(HttpStatusCode.BadGateway));
    }

    [TestCase("""{"kind":"Explode"}""")]
    [TestCase("""{"kind":"ServerError","code":"200"}""")]
    [TestCase("""{"kind":"ServerError","code":"soon"}""")]
    [TestCase("""{"kind":"Hang","times":0}""")]
    [TestCase("""{"kind":"Hang","customer":"1"}""")]
    [TestCase("""{"kind":"Latency","delayMs":-2}""")]
    [TestCase("null")]
    [TestCase("{")]
    public async Task A_wrong_behaviour_is_refused_with_what_is_allowed(string json)
    {
        using var response = await PostAsync("behaviour", json);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("HangAfterAccept"));
        Assert.That((await UploadAsync(Row(1))).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Reset_forgets_everything_but_the_access_tokens()
    {
        await UploadAsync(Row(1));
        Emulator.SetBehaviour(null, CallBehaviour.Forbidden);

        using var response = await PostAsync("reset", "");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((Emulator.EffectCount, Emulator.Calls.Count, Emulator.TokenCalls.Count, Emulator.Orders.Count),
            Is.EqualTo((0L, 0, 0, 0)));
        Assert.That(Summaries((await UploadAsync(Row(1))).Json), Is.Empty);
    }

    [Test]
    public void It_listens_on_loopback_and_nowhere_else()
    {
        var listeners = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Where(listener => listener.Port == Emulator.BaseAddress.Port).Select(listener => listener.Address);

        Assert.That(listeners, Is.EqualTo(new[] { IPAddress.Loopback }));
    }

    [Test]
    public async Task Calls_of_Data_Manager_are_listed_without_their_secrets()
    {
        var (_, taken) = await IngestAsync(Event(1));
        await GetStatusAsync((string?)taken["requestId"]);

        var ingest = (await GetAsync("ingest-calls")).Single()!;
        var status = (await GetAsync("status-calls")).Single()!;

        Assert.That(ingest.ToJsonString() + status.ToJsonString(), Does.Not.Contain("CANARY"));
        Assert.That(((string?)ingest["customerId"], (int)ingest["eventCount"]!, (int)ingest["status"]!),
            Is.EqualTo((Customer, 1, 200)));
        Assert.That((string?)status["requestId"], Is.EqualTo((string?)ingest["requestId"]));
        Assert.That((string?)ingest["ownerFingerprint"], Has.Length.EqualTo(12));
    }

    [Test]
    public async Task Settings_are_changed_over_HTTP_and_those_not_named_stay()
    {
        await SetAsync("data-manager", """{"processingDelayMs":0,"statusWithIndices":false,"requestsPerDay":7}""");
        await SetAsync("data-manager", """{"neverFinish":true,"nestedEventPaths":true,"requestsPerMinute":5}""");
        await SetAsync("data-manager", """{"requestsPerDay":0}""");

        Assert.That((Emulator.ProcessingDelay, Emulator.StatusWithIndices, Emulator.NeverFinish), Is.EqualTo(
            (TimeSpan.Zero, false, true)));
        Assert.That((Emulator.NestedEventPaths, Emulator.RequestsPerMinute, Emulator.RequestsPerDay), Is.EqualTo(
            (true, (int?)5, (int?)null)));
    }

    [Test]
    public async Task Status_behaviours_are_set_and_request_ids_forgotten_over_HTTP()
    {
        var (_, taken) = await IngestAsync(Event(1));
        var id = (string?)taken["requestId"];
        await SetAsync("behaviour", """{"kind":"Forbidden","target":"Status","times":1}""");

        var forbidden = (await GetStatusAsync(id)).Status;
        await SetAsync("forget-requests", "");
        var forgotten = (await GetStatusAsync(id)).Status;

        Assert.That((forbidden, forgotten), Is.EqualTo((HttpStatusCode.Forbidden, HttpStatusCode.BadRequest)));
    }

    [TestCase("""{"processingDelayMs":-1}""")]
    [TestCase("""{"delay":1}""")]
    [TestCase("null")]
    public async Task A_wrong_setting_is_refused_with_what_is_allowed(string json)
    {
        using var response = await PostAsync("data-manager", json);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("processingDelayMs"));
    }

    [Test]
    public async Task Reset_forgets_requests_and_calls_of_Data_Manager()
    {
        var (_, taken) = await IngestAsync(Event(1));
        Emulator.SetBehaviour(null, CallBehaviour.Forbidden, CallTarget.Status);

        Emulator.Reset();
        Time.Advance(Emulator.ProcessingDelay);

        Assert.That((Emulator.IngestCalls.Count, Emulator.EffectCount), Is.EqualTo((0, 0L)));
        Assert.That((await GetStatusAsync((string?)taken["requestId"])).Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    private async Task<JsonArray> GetAsync(string list) =>
        (await Http.GetFromJsonAsync<JsonArray>(new Uri($"/emulator/{list}", UriKind.Relative)))!;

    private async Task SetAsync(string path, string json)
    {
        using var response = await PostAsync(path, json);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
    }

    private Task<HttpResponseMessage> PostAsync(string path, string json) => Http.PostAsync(
        new Uri($"/emulator/{path}", UriKind.Relative),
        new StringContent(json, System.Text.Encoding.UTF8, "application/json"));
}
