using OpsMantik.Functions.Tests.Infra;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Hosts;

/// <summary>How much Application Insights is told of a run: the table of quantities in docs/deployment.md counts with these sizes.</summary>
internal sealed class TelemetryVolumeTests : Scenario
{
    private const int Groups = 40;

    [Test]
    public async Task A_run_tells_no_more_than_the_table_counts_with()
    {
        var (idle, metrics) = await MeasureAsync();
        for (var number = 1; number <= Groups; number++)
            await Database.EnqueueAsync(await AddSiteAsync(number), 5, $"click-{number}");
        var (busy, metricsOfBusy) = await MeasureAsync();
        var ofGroup = (busy - idle) / Groups;
        TestContext.Out.WriteLine($"idle {idle} and {metrics}, with {Groups} groups {busy} and {metricsOfBusy}, a group {ofGroup} bytes");

        Assert.That(idle, Is.LessThanOrEqualTo(Quantities.BytesOfRun));
        Assert.That(ofGroup, Is.LessThanOrEqualTo(Quantities.BytesOfGroup));
        Assert.That(metricsOfBusy, Is.LessThanOrEqualTo(Quantities.BytesOfMinute));
    }

    /// <summary>Bytes, as JSON, of one upload's traces and logs, and of the metrics: of a worker that is started and stopped for it.</summary>
    private async Task<(int Records, int Metrics)> MeasureAsync()
    {
        await using var receiver = await TelemetryReceiver.StartAsync();
        await using (var worker = await FunctionAppWorker.StartAsync(
            [("ConnectionStrings:OpsMantik", Database.WorkerConnectionString),
                ("GoogleAds:BaseAddress", Google.BaseAddress.ToString()),
                ("GoogleAds:TokenUri", Google.TokenUri.ToString()),
                ("APPLICATIONINSIGHTS_CONNECTION_STRING",
                    $"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint={receiver.Address}/;LiveEndpoint={receiver.Address}/"),
                ("APPLICATIONINSIGHTS_STATSBEAT_DISABLED", "true")]))
        {
            var run = await worker.Host.InvokeAsync(FunctionNames.ProcessOfflineConversionsTimer);
            Assert.That(run.Succeeded, run.Exception);
            await worker.Host.TerminateAsync();
        }

        var lines = receiver.Paths.Distinct().SelectMany(path => receiver.TextOf(path).Split('\n')).ToLookup(
            line => line.Contains("\"MetricData\"", StringComparison.Ordinal), line => line.Length);
        return (lines[false].Sum(), lines[true].Sum());
    }
}
