using System.Diagnostics;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Benchmarks;

/// <summary>
/// More and more worker processes on one PostgreSQL, over HTTP to an emulator that takes as long as Google: how fast they
/// drain the same queue together, and that nothing is sent twice.
/// </summary>
internal sealed class WorkersMeasure : IMeasure
{
    public string Name => "workers";

    public string Description => "Rows per second of one worker process and of several, nothing sent twice.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var counts = bench.Sizes.Workers;
        await using var database = await bench.Server.CreateDatabaseAsync();
        await using var google = await GoogleEmulator.StartAsync(cancellationToken: cancellation);
        (google.KeepBodies, google.KeepAccepted) = (false, false);
        var sites = await database.AddSitesAsync(bench.Sizes.WorkerGroups);
        List<WorkerProcess> workers = [];
        try
        {
            while (workers.Count < counts.Max())
                workers.Add(await WorkerProcess.StartAsync(WorkerSettings.For(database.WorkerConnectionString, google)));
            var rates = counts.ToDictionary(count => count, _ => new List<double>());
            var twice = new List<double>();
            // The first round warms every process up.
            for (var run = 0; run <= bench.Sizes.Runs; run++)
            {
                foreach (var count in run == 0 ? [counts.Max()] : counts)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var (rate, repeated) = await DrainAsync(
                        bench, database, google, sites, workers[..count], $"{run}-{count}-", cancellation);
                    twice.Add(repeated);
                    bench.Say($"workers: {count} drain {rate:N0} rows/s, {repeated} sent twice");
                    if (run > 0)
                        rates[count].Add(rate);
                }
            }

            return
            [
                .. counts.Select(count => new Figure(Name, $"{count} worker processes", "rows/s", rates[count])),
                .. counts.Skip(1).Select(count => new Figure(
                    Name, $"{count} worker processes over one", "×",
                    [.. rates[count].Zip(rates[counts[0]], (many, one) => many / one)])),
                new Figure(Name, "conversions sent twice", "", twice, Goal.Most(0, 0)),
            ];
        }
        finally
        {
            foreach (var worker in workers)
                await worker.DisposeAsync();
        }
    }

    private static async Task<(double Rate, int Repeated)> DrainAsync(
        Bench bench, TestbedDatabase database, GoogleEmulator google, Guid[] sites, List<WorkerProcess> workers,
        string clickPrefix, CancellationToken cancellation)
    {
        google.Reset();
        google.SetBehaviour(null, CallBehaviour.Latency(bench.Sizes.Latency));
        var rows = await database.EnqueueAsync(
            sites, [.. sites.Select(_ => bench.Sizes.WorkerRowsOfGroup)], clickPrefix);
        await database.ExecuteAsync("vacuum analyze offline_conversion_queue");
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(workers.Select(worker => WorkAsync(worker, cancellation)));
        var took = Stopwatch.GetElapsedTime(started);
        var orders = google.Orders;
        return orders.Count == rows
            ? (rows / took.TotalSeconds, orders.Count(order => (order.Deliveries, order.Counted) != (1, 1)))
            : throw new InvalidOperationException($"{orders.Count} conversions arrived of {rows}.");
    }

    private static async Task WorkAsync(WorkerProcess worker, CancellationToken cancellation)
    {
        while ((await worker.Client.UploadAsync(cancellation: cancellation)).Processed > 0)
        {
        }
    }
}
