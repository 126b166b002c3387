using System.Net;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.Postgres;

namespace OpsMantik.Functions.Tests.Functions.Hosting;

/// <summary>What the published app sends where the settings say, seen as the receiver sees it.</summary>
internal sealed class TelemetryExportTests : Scenario
{
    private const string Traces = "/v1/traces";
    private const string Metrics = "/v1/metrics";
    private const string Logs = "/v1/logs";
    private const string Track = "/v2.1/track";

    [Test]
    public async Task A_collector_gets_traces_metrics_and_logs_of_a_run_without_secrets_or_site_labels()
    {
        var site = await EnqueueAsync();
        await using var receiver = await TelemetryReceiver.StartAsync();

        await RunAsync(Otlp(receiver.Address));

        Assert.Multiple(() =>
        {
            // As the stand-in for the host calls: the ids travel as bytes.
            Assert.That(receiver.TextOf(Traces), Does.Contain(Bytes("bb2bd5eef54cb15a1506d0326d2489e7"))
                .And.Contain(Bytes("d3f54c84c7034d76")).And.Contain("google_ads.upload"));
            Assert.That(receiver.TextOf(Metrics), Does.Contain("opsmantik.rows").And.Contain("opsmantik.tick.age"));
            Assert.That(receiver.TextOf(Metrics), Does.Not.Contain($"{site}"));
            Assert.That(receiver.TextOf(Logs), Does.Contain("Upload run: processed=2").And.Contain("Uploaded"));
            Canary.AssertAbsent("the telemetry", [.. receiver.Paths.Distinct().Select(receiver.TextOf)]);
        });
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
            .And.Contain("Upload run: processed=2").And.Contain("bb2bd5eef54cb15a1506d0326d2489e7"));
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

        var error = await RunAsync([.. Otlp(address), .. AzureMonitor(address)]);

        Assert.That(error, Is.Empty);
    }

    /// <summary>One timer run from start to stop; its rows must arrive whatever the telemetry does.</summary>
    /// <returns>What the app wrote to standard error.</returns>
    private async Task<string> RunAsync(params (string Name, string? Value)[] settings)
    {
        await using var host = await HostDouble.StartAsync(
            [("ConnectionStrings:OpsMantik", Database.WorkerConnectionString),
                ("GoogleAds:BaseAddress", Google.BaseAddress.ToString()),
                ("GoogleAds:TokenUri", Google.TokenUri.ToString()),
                .. settings]);
        using var response = await host.InvokeAsync(
            FunctionNames.ProcessOfflineConversionsTimer, Invocations.WithoutStatus);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(
            await Database.ScalarAsync<long>("select count(*) from offline_conversion_queue where status = 'COMPLETED'"),
            Is.EqualTo(2));

        await host.TerminateAsync();
        var (exitCode, _, error) = await host.EndAsync();
        Assert.That(exitCode, Is.Zero);
        return error;
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

    private static string Bytes(string hex) => System.Text.Encoding.Latin1.GetString(Convert.FromHexString(hex));
}
