using System.Diagnostics;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.Drain;

/// <summary>Rows per second from claim to write-back with a provider that answers at once, beside what it stands against.</summary>
internal sealed class DrainMeasure : IMeasure
{
    public string Name => "drain";

    public string Description => "Rows per second, beside the bare limit, a row-by-row worker and other queues.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var (rows, sites) = (bench.Sizes.DrainRows, bench.Sizes.DrainSites);
        List<Figure> figures = [];
        foreach (var (shape, counts) in ((string, int[])[])[("even", Even(rows, sites)), ("one site 90 %", Skewed(rows, sites))])
        {
            await using var full = await bench.FillAsync(counts);
            bench.Say($"drain, {shape}: {rows:N0} rows of {sites} sites queued");
            var drivers = await FastestAsync(bench, full, cancellation);
            List<double> ours = [], bare = [], classic = [];
            for (var run = 0; run < bench.Sizes.Runs; run++)
            {
                cancellation.ThrowIfCancellationRequested();
                ours.Add(await OnCopyAsync(bench, full, database => OursAsync(database, rows)));
                bare.Add(await OnCopyAsync(bench, full, async database =>
                    rows / (await BareLimit.DrainAsync(database, drivers)).TotalSeconds));
                classic.Add(await OnCopyAsync(bench, full, database => RowByRow.DrainAsync(database, bench.Sizes.RowByRowRows)));
                bench.Say($"drain, {shape}: ours {ours[^1]:N0}, bare {bare[^1]:N0}, row by row {classic[^1]:N0} rows/s");
            }

            figures.Add(new Figure(Name, $"{shape}: this worker", "rows/s", ours));
            figures.Add(new Figure(Name, $"{shape}: bare limit ({drivers} sessions)", "rows/s", bare));
            figures.Add(new Figure(Name, $"{shape}: row by row", "rows/s", classic));
            figures.Add(new Figure(Name, $"{shape}: share of the bare limit", "%", Ratios(ours, bare, 100), Goal.Least(70, 50)));
            figures.Add(new Figure(Name, $"{shape}: against row by row", "×", Ratios(ours, classic), Goal.Least(20, 10)));
        }

        return figures;
    }

    private static int[] Even(int rows, int sites) => [.. Enumerable.Repeat(rows / sites, sites)];

    private static int[] Skewed(int rows, int sites)
    {
        var small = rows / 10 / (sites - 1);
        return [rows - (small * (sites - 1)), .. Enumerable.Repeat(small, sites - 1)];
    }

    private static async Task<int> FastestAsync(Bench bench, TestbedDatabase full, CancellationToken cancellation)
    {
        var best = (Drivers: 0, Time: TimeSpan.MaxValue);
        foreach (var drivers in bench.Sizes.BareDrivers)
        {
            cancellation.ThrowIfCancellationRequested();
            var time = await OnCopyAsync(bench, full, database => BareLimit.DrainAsync(database, drivers));
            bench.Say($"bare limit, {drivers} sessions: {time.TotalSeconds:0.0} s");
            if (time < best.Time)
                best = (drivers, time);
        }

        return best.Drivers;
    }

    private static async Task<double> OursAsync(TestbedDatabase database, int rows)
    {
        await using var worker = new BenchWorker(database.WorkerConnectionString, new TimedProvider(TimeSpan.Zero));
        var started = Stopwatch.GetTimestamp();
        var summary = await worker.DrainAsync();
        var rate = rows / Stopwatch.GetElapsedTime(started).TotalSeconds;
        return summary.Completed == rows
            ? rate
            : throw new InvalidOperationException($"{summary.Completed} of {rows} rows were completed.");
    }

    private static async Task<T> OnCopyAsync<T>(Bench bench, TestbedDatabase full, Func<TestbedDatabase, Task<T>> measure)
    {
        await using var copy = await bench.Server.CopyDatabaseAsync(full);
        return await measure(copy);
    }

    private static double[] Ratios(List<double> over, List<double> under, double scale = 1) =>
        [.. over.Zip(under, (a, b) => a / b * scale)];
}
