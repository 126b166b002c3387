using System.Diagnostics;
using Npgsql;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.Growth;

/// <summary>
/// An hour of runs with hardly any waiting: rows are queued and drained, round after round, in two databases that take turns.
/// In one a transaction stays open from the beginning, so that no row that died since can be cleaned away.
/// </summary>
internal static class PinnedChurn
{
    private const int Sites = 200;

    // The dashboard's default is the time of the insert; the rows queued here are dated a day back.
    private const string OlderDefault =
        "alter table offline_conversion_queue alter column next_retry_at set default now() - interval '2 days'";

    /// <param name="olderSchema">As the dashboard made the queue: <c>next_retry_at</c> has a default.</param>
    public static async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, bool olderSchema, CancellationToken cancellation)
    {
        await using var free = await bench.Server.CreateDatabaseAsync();
        await using var held = await bench.Server.CreateDatabaseAsync();
        if (olderSchema)
        {
            await free.ExecuteAsync(OlderDefault);
            await held.ExecuteAsync(OlderDefault);
        }

        var where = olderSchema ? ", older schema" : "";
        var (freeSites, heldSites) = (await free.AddSitesAsync(Sites), await held.AddSitesAsync(Sites));
        await using var pin = await held.Admin.OpenConnectionAsync(cancellation);
        await using var transaction = await pin.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        await using (var look = new NpgsqlCommand("select count(*) from offline_conversion_queue", pin, transaction))
            await look.ExecuteScalarAsync(cancellation);

        List<double> freeRates = [], heldRates = [];
        for (var round = 0; round < bench.Sizes.ChurnRounds + bench.Sizes.Runs; round++)
        {
            await EnqueueAsync(bench, free, freeSites, round);
            await EnqueueAsync(bench, held, heldSites, round);
            var freeFirst = round % 2 == 0;
            var first = await DrainAsync(freeFirst ? free : held);
            var second = await DrainAsync(freeFirst ? held : free);
            var (freeRate, heldRate) = freeFirst ? (first, second) : (second, first);
            bench.Say($"growth, round {round + 1} of churn{where}: {freeRate:N0} rows/s, beside an old transaction {heldRate:N0}");
            if (round < bench.Sizes.ChurnRounds)
                continue;
            freeRates.Add(freeRate);
            heldRates.Add(heldRate);
        }

        return
        [
            new Figure(GrowthMeasure.Part, $"drain after churn{where}", "rows/s", freeRates),
            new Figure(GrowthMeasure.Part, $"drain after churn beside an old transaction{where}", "rows/s", heldRates),
            new Figure(
                GrowthMeasure.Part, $"throughput lost to an old transaction{where}", "%",
                [.. heldRates.Zip(freeRates, (slow, fast) => (1 - (slow / fast)) * 100)], Goal.Most(20, 35)),
        ];
    }

    private static async Task EnqueueAsync(Bench bench, TestbedDatabase database, Guid[] sites, int round)
    {
        await database.EnqueueAsync(
            sites, [.. Enumerable.Repeat(Math.Max(1, bench.Sizes.ChurnRows / Sites), Sites)], $"{round}-");
        // Between two runs lie ten minutes, in which the autovacuum has come by.
        await database.ExecuteAsync("vacuum analyze");
    }

    private static async Task<double> DrainAsync(TestbedDatabase database)
    {
        await using var worker = new BenchWorker(database.WorkerConnectionString, new TimedProvider(TimeSpan.Zero));
        var started = Stopwatch.GetTimestamp();
        var summary = await worker.DrainAsync();
        var rate = summary.Completed / Stopwatch.GetElapsedTime(started).TotalSeconds;
        return await database.ScalarAsync<bool>(
            "select not exists (select from offline_conversion_queue where status <> 'COMPLETED')")
            ? rate
            : throw new InvalidOperationException($"{summary.Completed} rows were completed, and not all that were queued.");
    }
}
