using OpsMantik.Benchmarks.Drain;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Benchmarks;

/// <summary>The peak memory of a worker process, weighed after a small queue and after a large one.</summary>
internal sealed class MemoryMeasure : IMeasure
{
    public string Name => "memory";

    public string Description => "Peak memory of a worker process draining a small queue and a large one.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var rows = bench.Sizes.MemoryRows;
        await using var small = await bench.FillAsync(Shapes.Even(rows[0], bench.Sizes.MemorySites));
        await using var large = await bench.FillAsync(Shapes.Even(rows[1], bench.Sizes.MemorySites));
        List<double> smallPeaks = [], largePeaks = [], ratios = [];
        for (var run = 0; run < bench.Sizes.Runs; run++)
        {
            smallPeaks.Add(await PeakAsync(bench, small, cancellation));
            largePeaks.Add(await PeakAsync(bench, large, cancellation));
            ratios.Add(largePeaks[^1] / smallPeaks[^1]);
            bench.Say($"memory: {smallPeaks[^1]:0} MiB for {rows[0]:N0} rows, {largePeaks[^1]:0} MiB for {rows[1]:N0}");
        }

        return
        [
            new Figure(Name, $"peak for {rows[0]:N0} rows", "MiB", smallPeaks),
            new Figure(Name, $"peak for {rows[1]:N0} rows", "MiB", largePeaks),
            new Figure(Name, $"peak memory, {rows[1]:N0} rows over {rows[0]:N0}", "×", ratios, Goal.Most(1.2, 1.5)),
        ];
    }

    private static Task<double> PeakAsync(Bench bench, TestbedDatabase full, CancellationToken cancellation) =>
        bench.OnCopyAsync(full, async database =>
        {
            await using var google = await GoogleEmulator.StartAsync(cancellationToken: cancellation);
            (google.KeepBodies, google.KeepAccepted) = (false, false);
            var drain = await WorkerDrain.RunAsync(database, google, cancellation);
            var left = await database.ScalarAsync<long>(
                "select count(*) from offline_conversion_queue where status <> 'COMPLETED'");
            return left == 0
                ? drain.Peak / (double)(1 << 20)
                : throw new InvalidOperationException($"{left} rows were not completed.");
        });
}
