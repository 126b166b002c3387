using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.Growth;

/// <summary>The queue's own cost on one database, by a warm connection of the worker's.</summary>
internal sealed class QueueProbe : IAsyncDisposable
{
    private readonly BenchWorker _worker;
    private readonly IConversionQueue _queue;

    private QueueProbe(TestbedDatabase database, Guid[] sites)
    {
        (Database, Sites) = (database, sites);
        _worker = new BenchWorker(database.WorkerConnectionString, new TimedProvider(TimeSpan.Zero));
        _queue = _worker.Services.GetRequiredService<IConversionQueue>();
    }

    public TestbedDatabase Database { get; }

    public Guid[] Sites { get; }

    /// <summary>A database of its own with sites and rows, due or ended.</summary>
    /// <param name="waiting">Of the ended rows, one in so many waits instead; 0: none.</param>
    public static async Task<QueueProbe> LoadAsync(Bench bench, int sites, int rows, bool due, int waiting = 0)
    {
        var database = await bench.Server.CreateDatabaseAsync();
        var ids = await database.AddSitesAsync(sites);
        await database.ExecuteAsync(BenchSql.Load("Growth.Sql.LoadRows"));
        await database.ExecuteAsync("call bench_load_rows($1, $2, $3)", (long)rows, due, waiting);
        await database.ExecuteAsync("vacuum analyze");
        bench.Say($"{rows:N0} {(due ? "due" : "ended")} rows of {sites:N0} sites loaded");
        return new QueueProbe(database, ids);
    }

    /// <summary>One claim of exactly so many rows.</summary>
    /// <param name="checkpoint">
    /// Whether a checkpoint comes just before it. After one, the log gets a copy of every page the first time it changes.
    /// </param>
    /// <returns>What it claimed, and per row the microseconds and the bytes of write-ahead log.</returns>
    public async Task<(IReadOnlyList<ClaimedGroup> Groups, double Cost, double Log)> ClaimAsync(
        int limit, bool checkpoint)
    {
        if (checkpoint)
            await Database.ExecuteAsync("checkpoint");
        var log = await LogAsync();
        var started = Stopwatch.GetTimestamp();
        var groups = await _queue.ClaimAsync(
            new ClaimRequest("google_ads", Guid.NewGuid(), limit, GroupLimit: 2_000), CancellationToken.None);
        var took = Stopwatch.GetElapsedTime(started);
        var rows = groups.Sum(group => group.Jobs.Count);
        return rows == limit
            ? (groups, took.TotalMicroseconds / rows, (await LogAsync() - log) / rows)
            : throw new InvalidOperationException($"{rows} rows were claimed of {limit}.");
    }

    /// <summary>Completes what was claimed, one group after the other.</summary>
    /// <returns>The microseconds per row.</returns>
    public async Task<double> WriteBackAsync(IReadOnlyList<ClaimedGroup> groups)
    {
        var rows = 0;
        var started = Stopwatch.GetTimestamp();
        foreach (var group in groups)
        {
            var results = group.Jobs.Select(job =>
                RetryPolicy.Apply(job.Id, job.RetryCount, UploadOutcome.Completed(), job.SaleId.ToString(), jitter: 0));
            rows += (await _queue.WriteBackAsync(
                group, [.. results], CircuitSignal.Success, TimeSpan.Zero, TimeSpan.Zero, CancellationToken.None)).Completed;
        }

        var took = Stopwatch.GetElapsedTime(started);
        var claimed = groups.Sum(group => group.Jobs.Count);
        return rows == claimed
            ? took.TotalMicroseconds / rows
            : throw new InvalidOperationException($"{rows} rows were written back of {claimed}.");
    }

    /// <summary>Whole runs that find nothing, as most ticks do.</summary>
    /// <returns>Milliseconds, and round trips to the database, of the median run.</returns>
    public async Task<(double Milliseconds, double RoundTrips)> TickAsync(int runs)
    {
        var times = new double[runs];
        using var commands = new CommandCount(Database.Name);
        for (var run = 0; run < runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            var done = await _worker.DrainAsync();
            times[run] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            if (done.Processed > 0)
                throw new InvalidOperationException($"{done.Processed} rows were due.");
        }

        Array.Sort(times);
        return (times[runs / 2], commands.Total / (double)runs);
    }

    private Task<double> LogAsync() =>
        Database.ScalarAsync<double>("select (pg_current_wal_lsn() - '0/0')::float8");

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        await Database.DisposeAsync();
    }
}
