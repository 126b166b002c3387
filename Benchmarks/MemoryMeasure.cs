using OpsMantik.Benchmarks.Drain;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Benchmarks;

/// <summary>
/// The peak memory of a worker process that has nothing to do, drains a small queue, and drains a large one: by its timer, whose claims
/// are the largest. Google is in another process. What an empty isolated worker takes is beside the cold start.
/// </summary>
internal sealed class MemoryMeasure : IMeasure
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public string Name => "memory";

    public string Description => "Peak memory of a worker process: idle, draining a small queue and a large one.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var rows = bench.Sizes.MemoryRows;
        await using var none = await bench.Server.CreateDatabaseAsync();
        await using var small = await bench.FillAsync(Shapes.Even(rows[0], bench.Sizes.MemorySites));
        await using var large = await bench.FillAsync(Shapes.Even(rows[1], bench.Sizes.MemorySites));
        List<double> idlePeaks = [], smallPeaks = [], largePeaks = [], ratios = [];
        for (var run = 0; run < bench.Sizes.Runs; run++)
        {
            // The end of the run before is no end of this.
            await none.ExecuteAsync("delete from worker_ticks");
            idlePeaks.Add(await PeakAsync(none, cancellation));
            smallPeaks.Add(await bench.OnCopyAsync(small, database => PeakAsync(database, cancellation)));
            largePeaks.Add(await bench.OnCopyAsync(large, database => PeakAsync(database, cancellation)));
            ratios.Add(largePeaks[^1] / smallPeaks[^1]);
            bench.Say(
                $"memory: {idlePeaks[^1]:0} MiB idle, {smallPeaks[^1]:0} for {rows[0]:N0} rows, {largePeaks[^1]:0} for {rows[1]:N0}");
        }

        return
        [
            new Figure(Name, "peak with nothing due", "MiB", idlePeaks),
            new Figure(Name, $"peak for {rows[0]:N0} rows", "MiB", smallPeaks),
            new Figure(Name, $"peak for {rows[1]:N0} rows", "MiB", largePeaks, Goal.Most(100, 200)),
            new Figure(Name, $"peak memory, {rows[1]:N0} rows over {rows[0]:N0}", "×", ratios, Goal.Most(1.2, 1.5)),
        ];
    }

    /// <summary>Until a run has ended that found nothing, or left nothing.</summary>
    private static async Task<double> PeakAsync(TestbedDatabase database, CancellationToken cancellation)
    {
        await using var google = await GoogleEmulator.StartAsync(cancellationToken: cancellation);
        (google.KeepBodies, google.KeepAccepted) = (false, false);
        await using var worker = await WorkerProcess.StartAsync(WorkerSettings.For(
            database.WorkerConnectionString,
            google,
            ("UPLOAD_SCHEDULE", "* * * * * *"),
            ("AzureWebJobs:ProcessOfflineConversionsTimer:Disabled", "false")));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        while (!await HasEndedAsync(database))
            await Task.Delay(Pause, limit.Token);
        var left = await database.ScalarAsync<long>("select count(*) from offline_conversion_queue where status <> 'COMPLETED'");
        return left == 0
            ? worker.PeakMemory() / (double)(1 << 20)
            : throw new InvalidOperationException($"{left} rows were not completed.");
    }

    private static Task<bool> HasEndedAsync(TestbedDatabase database) => database.ScalarAsync<bool>(
        """
        select exists (select from worker_ticks where job = 'upload')
           and not exists (select from offline_conversion_queue where status in ('QUEUED', 'RETRY', 'PROCESSING'))
        """);
}
