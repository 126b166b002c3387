using System.Diagnostics;
using Hangfire;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Npgsql;
using OpsMantik.Benchmarks.Drain;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.Peers;

/// <summary>
/// Hangfire on PostgreSQL, which fetches and completes job by job. Its server polls for new jobs, so the clock runs from
/// the start of the server to the last job's state.
/// </summary>
internal static class HangfirePeer
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task<TestbedDatabase> FillAsync(Bench bench)
    {
        var database = await bench.Server.CreateDatabaseAsync();
        await database.ExecuteAsync(BenchSql.Load("Peers.node.SaleTables"));
        var client = new BackgroundJobClient(Storage(database));
        var sites = Enumerable.Range(0, bench.Sizes.PeerSites).Select(_ => Guid.NewGuid()).ToArray();
        for (var n = 0; n < bench.Sizes.HangfireJobs; n++)
        {
            var sale = new QueuedSale(sites[n % sites.Length], Guid.NewGuid(), $"click-{n}", TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-2), 12345, "TRY");
            client.Enqueue<SaleJob>(job => job.UploadAsync(sale));
        }

        // A database with connections in a pool cannot be copied.
        await using (var connection = new NpgsqlConnection(database.AdminConnectionString))
            NpgsqlConnection.ClearPool(connection);
        await database.ExecuteAsync("vacuum analyze");
        return database;
    }

    /// <param name="work">Whether sales are uploaded and their outcomes written; else the jobs do nothing.</param>
    /// <returns>Jobs per second.</returns>
    public static async Task<double> DrainAsync(
        TestbedDatabase database, int jobs, int workers, bool work, CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create(database.AdminConnectionString);
        // Our own look at the jobs is not the peer's cost.
        await using var unseen = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(database.AdminConnectionString) { Options = $"-c {DatabaseCost.TrackSetting}=none" });
        await using var count = unseen.CreateCommand("select count(*) from hangfire.job where statename = 'Succeeded'");
        using var batches = work ? new SaleBatches(source) : null;
        var job = new SaleJob(batches);
        var started = Stopwatch.GetTimestamp();
        using var server = new BackgroundJobServer(
            new BackgroundJobServerOptions
            {
                WorkerCount = workers,
                ShutdownTimeout = TimeSpan.FromSeconds(10),
                Activator = new OneJob(job),
            },
            Storage(database));
        while ((long)(await count.ExecuteScalarAsync(cancellation))! < jobs)
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new PeerException($"Hangfire did not finish {jobs} jobs in {Patience.TotalMinutes} minutes.");
            await Task.Delay(PollInterval, cancellation);
        }

        return jobs / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static PostgreSqlStorage Storage(TestbedDatabase database) => new(
        new NpgsqlConnectionFactory(
            database.AdminConnectionString, new PostgreSqlStorageOptions()),
        new PostgreSqlStorageOptions { QueuePollInterval = TimeSpan.FromMilliseconds(50) });

    private sealed class OneJob(SaleJob job) : JobActivator
    {
        public override object ActivateJob(Type jobType) => job;
    }
}

/// <summary>What a queued sale carries, as this project's own rows do.</summary>
internal sealed record QueuedSale(Guid Site, Guid Sale, string Click, DateTime Time, long Cents, string Currency);

/// <summary>Hangfire's job: a sale is uploaded and its outcome written, or nothing is done.</summary>
internal sealed class SaleJob(SaleBatches? batches)
{
    public Task UploadAsync(QueuedSale sale) => batches?.WriteAsync(sale) ?? Task.CompletedTask;
}

/// <summary>
/// Gathers the sales of jobs that run side by side into one statement, since each job runs, and completes, alone: whoever comes
/// while one is written waits, and the first of those writes them all.
/// </summary>
internal sealed class SaleBatches(NpgsqlDataSource source) : IDisposable
{
    private static readonly string Sql = BenchSql.Load("Peers.node.WriteOutcomes");

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _gate = new();
    private List<(QueuedSale Sale, TaskCompletionSource Written)> _waiting = [];

    public async Task WriteAsync(QueuedSale sale)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
            _waiting.Add((sale, written));
        await _turn.WaitAsync();
        try
        {
            List<(QueuedSale Sale, TaskCompletionSource Written)> batch;
            lock (_gate)
                (batch, _waiting) = (_waiting, []);
            if (batch.Count > 0)
                await WriteAsync(batch);
        }
        finally
        {
            _turn.Release();
        }

        await written.Task;
    }

    public void Dispose() => _turn.Dispose();

    private async Task WriteAsync(List<(QueuedSale Sale, TaskCompletionSource Written)> batch)
    {
        try
        {
            // One call a site, to a provider that answers at once.
            var rows = batch.GroupBy(entry => entry.Sale.Site).OrderBy(group => group.Key)
                .SelectMany(group =>
                {
                    var request = Guid.NewGuid().ToString();
                    return group.Select(entry => (entry.Sale.Site, entry.Sale.Sale, Status: "COMPLETED", Reference: entry.Sale.Sale.ToString(), Request: request));
                })
                .ToList();
            await using var command = source.CreateCommand(Sql);
            foreach (var value in (object[])
            [
                Guid.NewGuid(),
                rows.Select(row => row.Site).ToArray(), rows.Select(row => row.Sale).ToArray(),
                rows.Select(row => row.Status).ToArray(), rows.Select(row => row.Reference).ToArray(),
                rows.Select(row => row.Request).ToArray(),
            ])
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            await command.ExecuteNonQueryAsync();
            batch.ForEach(entry => entry.Written.SetResult());
        }
        catch (Exception exception)
        {
            batch.ForEach(entry => entry.Written.SetException(exception));
        }
    }
}
