using System.Text.Json;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.Postgres;

namespace OpsMantik.Functions.Tests.Hosts;

/// <summary>What the published app sends where the settings say, seen as the receiver sees it.</summary>
internal sealed class TelemetryExportTests : Scenario
{
    private const string Traces = "/v1/traces";
    private const string Metrics = "/v1/metrics";
    private const string Logs = "/v1/logs";
    private const string Track = "/v2.1/track";

    // The host's span.
    private const string TraceId = "bb2bd5eef54cb15a1506d0326d2489e7";
    private const string SpanId = "d3f54c84c7034d76";

    [Test]
    public async Task A_collector_gets_traces_metrics_and_logs_of_a_run_without_secrets_or_site_labels()
    {
        var site = await EnqueueAsync();
        await using var receiver = await TelemetryReceiver.StartAsync();

        await RunAsync(Otlp(receiver.Address));

        Assert.Multiple(() =>
        {
            // The ids travel as bytes.
            Assert.That(receiver.TextOf(Traces), Does.Contain(Bytes(TraceId)).And.Contain(Bytes(SpanId)).And.Contain("google_ads.upload"));
            Assert.That(receiver.TextOf(Traces), Does.Contain("service.version").And.Contain(WorkerApp.Version));
            Assert.That(receiver.TextOf(Metrics), Does.Contain("opsmantik.rows").And.Contain("opsmantik.tick.age"));
            Assert.That(receiver.TextOf(Metrics), Does.Not.Contain($"{site}"));
            Assert.That(receiver.TextOf(Logs), Does.Contain("Upload run: processed=2").And.Contain("Uploaded"));
            Canary.AssertAbsent("the telemetry", [.. receiver.Paths.Distinct().Select(receiver.TextOf)]);
        });
    }

    [Test]
    public async Task One_trace_leads_from_the_hosts_invocation_to_googles_call_and_no_record_comes_twice()
    {
        await EnqueueAsync();
        await using var receiver = await TelemetryReceiver.StartAsync();

        var capabilities = await RunAsync(AzureMonitor(receiver.Address));

        var items = receiver.TextOf(Track).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        var spans = items.Where(item => item.GetProperty("data").GetProperty("baseType").GetString() is "RequestData" or "RemoteDependencyData")
            .Select(item => (Data: item.GetProperty("data").GetProperty("baseData"), Tags: item.GetProperty("tags")))
            .ToDictionary(
                span => span.Data.GetProperty("id").GetString()!,
                span => (Name: span.Data.GetProperty("name").GetString()!, Parent: Text(span.Tags, "ai.operation.parentId"), Trace: Text(span.Tags, "ai.operation.id")));
        Assert.That(spans.Values.Select(span => span.Trace).Distinct(), Is.EqualTo(new[] { TraceId }), "one trace");
        var way = new List<string>();
        for (var id = spans.Single(span => span.Value.Name == "google_ads.upload").Key; id != SpanId; id = spans[id].Parent!)
            way.Add(spans[id].Name);
        Assert.That(way, Is.EqualTo(new[] { "google_ads.upload", "group", "upload", way[^1] }), "the last is the worker's own of the function");
        var messages = items.Where(item => item.GetProperty("data").GetProperty("baseType").GetString() == "MessageData")
            .Select(item => item.GetProperty("data").GetProperty("baseData").GetProperty("message").GetString()).ToList();
        Assert.That(messages.Count(message => message!.StartsWith("Upload run: processed=2", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(capabilities["WorkerOpenTelemetryEnabled"], Is.EqualTo("True"), "else the host would export each record once more");
    }

    [Test]
    public async Task Without_a_place_for_it_the_telemetry_is_left_to_the_host()
    {
        await EnqueueAsync();

        Assert.That(await RunAsync(), Does.Not.ContainKey("WorkerOpenTelemetryEnabled"));
    }

    [Test]
    public async Task A_site_is_told_to_the_collector_when_it_is_switched_on()
    {
        var site = await EnqueueAsync();
        await using var receiver = await TelemetryReceiver.StartAsync();

        await RunAsync([.. Otlp(receiver.Address), ("Telemetry:SiteLabels", "true")]);

        Assert.That(receiver.TextOf(Metrics), Does.Contain($"{site}"));
    }

    [Test]
    public async Task Application_insights_gets_traces_metrics_and_logs_of_a_run_without_secrets()
    {
        await EnqueueAsync();
        await using var receiver = await TelemetryReceiver.StartAsync();

        await RunAsync(AzureMonitor(receiver.Address));

        Assert.That(receiver.TextOf(Track), Does.Contain("\"google_ads.upload\"").And.Contain("\"opsmantik.rows\"")
            .And.Contain("Upload run: processed=2").And.Contain(TraceId));
        Canary.AssertAbsent("the telemetry", [receiver.TextOf(Track)]);
    }

    [Test]
    public async Task Both_get_it_when_both_are_set()
    {
        await EnqueueAsync();
        await using var receiver = await TelemetryReceiver.StartAsync();

        await RunAsync([.. Otlp(receiver.Address), .. AzureMonitor(receiver.Address)]);

        Assert.That(receiver.Paths.Distinct(), Is.SupersetOf(new[] { Traces, Metrics, Logs, Track }));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Receivers_that_are_dead_or_never_answer_stop_neither_the_run_nor_the_end(bool answersNothing)
    {
        await EnqueueAsync();
        await using var silent = await TelemetryReceiver.StartAsync(silent: true);
        var address = answersNothing ? silent.Address : $"http://127.0.0.1:{LoopbackPort.FindFree()}";

        await RunAsync([.. Otlp(address), .. AzureMonitor(address)]);
    }

    /// <summary>One timer run from start to stop; its rows must arrive whatever the telemetry does.</summary>
    /// <returns>What the worker told the host that it can.</returns>
    private async Task<IReadOnlyDictionary<string, string>> RunAsync(params (string Name, string? Value)[] settings)
    {
        await using var worker = await FunctionAppWorker.StartAsync(
            [("ConnectionStrings:OpsMantik", Database.WorkerConnectionString),
                ("GoogleAds:BaseAddress", Google.BaseAddress.ToString()),
                ("GoogleAds:TokenUri", Google.TokenUri.ToString()),
                .. settings]);

        // Not sampled, as a host that exports nothing says it: the worker's spans are kept all the same.
        var run = await worker.Host.InvokeAsync(FunctionNames.ProcessOfflineConversionsTimer, $"00-{TraceId}-{SpanId}-00");

        Assert.That(run.Succeeded, run.Exception);
        Assert.That(
            await Database.ScalarAsync<long>("select count(*) from offline_conversion_queue where status = 'COMPLETED'"),
            Is.EqualTo(2));
        var (exitCode, took) = await worker.Host.TerminateAsync();
        Assert.That(exitCode, Is.Zero);
        Assert.That(took, Is.LessThan(TimeSpan.FromSeconds(20)), "what a host grants");
        return worker.Host.Capabilities;
    }

    private async Task<Guid> EnqueueAsync()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 2);
        return site;
    }

    private static (string Name, string? Value)[] Otlp(string address) =>
        [("OTEL_EXPORTER_OTLP_ENDPOINT", address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")];

    private static (string Name, string? Value)[] AzureMonitor(string address) =>
        [("APPLICATIONINSIGHTS_CONNECTION_STRING",
                $"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint={address}/;LiveEndpoint={address}/"),
            ("APPLICATIONINSIGHTS_STATSBEAT_DISABLED", "true")];

    private static string? Text(JsonElement tags, string name) => tags.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string Bytes(string hex) => System.Text.Encoding.Latin1.GetString(Convert.FromHexString(hex));
}
