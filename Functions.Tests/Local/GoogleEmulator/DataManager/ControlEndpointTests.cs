using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.DataManager;

public class ControlEndpointTests : DataManagerFixture
{
    [Test]
    public async Task Other_processes_list_the_calls_without_their_secrets()
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
    public async Task Settings_are_turned_over_HTTP_and_what_is_not_named_stays()
    {
        await OrderAsync("data-manager", """{"processingDelayMs":0,"statusWithIndices":false,"requestsPerDay":7}""");
        await OrderAsync("data-manager", """{"neverFinish":true,"nestedEventPaths":true,"requestsPerMinute":5}""");
        await OrderAsync("data-manager", """{"requestsPerDay":0}""");

        Assert.That((Emulator.ProcessingDelay, Emulator.StatusWithIndices, Emulator.NeverFinish), Is.EqualTo(
            (TimeSpan.Zero, false, true)));
        Assert.That((Emulator.NestedEventPaths, Emulator.RequestsPerMinute, Emulator.RequestsPerDay), Is.EqualTo(
            (true, (int?)5, (int?)null)));
    }

    [Test]
    public async Task Status_behaviours_and_forgetting_are_ordered_over_HTTP()
    {
        var (_, taken) = await IngestAsync(Event(1));
        var id = (string?)taken["requestId"];
        await OrderAsync("behaviour", """{"kind":"Forbidden","target":"Status","times":1}""");

        var forbidden = (await GetStatusAsync(id)).Status;
        await OrderAsync("forget-requests", "");
        var forgotten = (await GetStatusAsync(id)).Status;

        Assert.That((forbidden, forgotten), Is.EqualTo((HttpStatusCode.Forbidden, HttpStatusCode.BadRequest)));
    }

    [TestCase("""{"processingDelayMs":-1}""")]
    [TestCase("""{"delay":1}""")]
    [TestCase("null")]
    public async Task A_wrong_order_is_refused_with_what_is_allowed(string order)
    {
        using var response = await PostAsync("data-manager", order);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("processingDelayMs"));
    }

    [Test]
    public async Task Reset_forgets_requests_and_calls()
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

    private async Task OrderAsync(string path, string order)
    {
        using var response = await PostAsync(path, order);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
    }

    private Task<HttpResponseMessage> PostAsync(string path, string json) => Http.PostAsync(
        new Uri($"/emulator/{path}", UriKind.Relative),
        new StringContent(json, System.Text.Encoding.UTF8, "application/json"));
}
