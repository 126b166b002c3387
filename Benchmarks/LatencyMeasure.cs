using System.Diagnostics;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Core.Runs;

namespace OpsMantik.Benchmarks;

/// <summary>Many small sites and a provider that takes its time: how much of the run is not waiting for it.</summary>
internal sealed class LatencyMeasure : IMeasure
{
    public string Name => "latency";

    public string Description => "Time over the ideal (calls × latency ÷ concurrency) with a slow provider.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var sizes = bench.Sizes;
        await using var full = await bench.FillAsync([.. Enumerable.Repeat(sizes.LatencyRowsOfSite, sizes.LatencySites)]);
        bench.Say($"latency: {sizes.LatencySites:N0} sites with {sizes.LatencyRowsOfSite} rows each queued");
        List<double> seconds = [], overIdeal = [];
        for (var run = 0; run < sizes.Runs; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            await using var database = await bench.Server.CopyDatabaseAsync(full);
            var provider = new TimedProvider(sizes.Latency);
            await using var worker = new BenchWorker(database.WorkerConnectionString, provider);
            var started = Stopwatch.GetTimestamp();
            await worker.DrainAsync(cancellation);
            var took = Stopwatch.GetElapsedTime(started);
            var ideal = provider.Calls * sizes.Latency / new UploadOptions().MaxParallelGroups;
            seconds.Add(took.TotalSeconds);
            overIdeal.Add(took / ideal);
            bench.Say($"latency: {took.TotalSeconds:0.0} s for {provider.Calls:N0} calls, {took / ideal:0.00} of the ideal");
        }

        return
        [
            new Figure(Name, $"{sizes.LatencySites:N0} sites, provider takes {sizes.Latency.TotalMilliseconds} ms", "s", seconds),
            new Figure(Name, "time over ideal", "×", overIdeal, Goal.Most(1.15, 1.3)),
        ];
    }
}
