using System.Net;
using System.Net.Http.Json;
using System.Net.NetworkInformation;
using System.Text.Json.Nodes;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator;

public class ControlEndpointTests : EmulatorFixture
{
    [Test]
    public async Task Other_processes_read_what_was_accepted_called_and_ordered()
    {
        await UploadAsync(Row(1, "consent", new JsonObject { ["adUserData"] = "GRANTED" }));

        Assert.That((await GetAsync("accepted")).ToJsonString(), Is.EqualTo(
            """[{"customerId":"1234567890","conversionAction":"customers/1234567890/conversionActions/777","orderId":"sale-1","clickIdKind":"gclid","clickIdValue":"click-1","conversionDateTime":"2026-11-20 12:00:00\u002B03:00","value":12.5,"currency":"TRY","consent":{"adUserData":"GRANTED","adPersonalization":null}}]"""));
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
    public async Task Behaviours_are_ordered_over_HTTP()
    {
        await OrderAsync("""{"kind":"ServerError","code":"502"}""");
        await OrderAsync("""{"customerId":"1234567890","kind":"quotaTemporary","delayMs":1500,"times":1}""");
        await OrderAsync("""{"kind":"BadRequest","code":"INVALID_CUSTOMER_ID","times":1}""");

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
    public async Task A_wrong_order_is_refused_with_what_is_allowed(string order)
    {
        using var response = await PostAsync("behaviour", order);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("HangAfterAccept"));
        Assert.That((await UploadAsync(Row(1))).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Reset_forgets_everything_but_the_access_tokens()
    {
        await UploadAsync(Row(1));
        Emulator.SetBehaviour(null, OpsMantik.Local.GoogleEmulator.CallBehaviour.Forbidden);

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

    private async Task<JsonArray> GetAsync(string list) =>
        (await Http.GetFromJsonAsync<JsonArray>(new Uri($"/emulator/{list}", UriKind.Relative)))!;

    private async Task OrderAsync(string order)
    {
        using var response = await PostAsync("behaviour", order);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
    }

    private Task<HttpResponseMessage> PostAsync(string path, string json) => Http.PostAsync(
        new Uri($"/emulator/{path}", UriKind.Relative),
        new StringContent(json, System.Text.Encoding.UTF8, "application/json"));
}
