using System.Diagnostics;
using Hangfire;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Npgsql;
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

    public static async Task<TestbedDatabase> FillAsync(Bench bench, int jobs)
    {
        var database = await bench.Server.CreateDatabaseAsync();
        var client = new BackgroundJobClient(Storage(database));
        for (var n = 0; n < jobs; n++)
            client.Enqueue(() => Upload(n, "click", 12345, "TRY"));
        // A database with connections in a pool cannot be copied.
        await using (var connection = new NpgsqlConnection(database.AdminConnectionString))
            NpgsqlConnection.ClearPool(connection);
        await database.ExecuteAsync("vacuum analyze");
        return database;
    }

    /// <returns>Jobs per second.</returns>
    public static async Task<double> DrainAsync(
        TestbedDatabase database, int jobs, int workers, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        using var server = new BackgroundJobServer(
            new BackgroundJobServerOptions { WorkerCount = workers, ShutdownTimeout = TimeSpan.FromSeconds(10) },
            Storage(database));
        while (await SucceededAsync(database) < jobs)
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new PeerException($"Hangfire did not finish {jobs} jobs in {Patience.TotalMinutes} minutes.");
            await Task.Delay(PollInterval, cancellation);
        }

        return jobs / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>The job: nothing, as the provider of the other contenders answers at once.</summary>
    public static void Upload(int sale, string click, long cents, string currency)
    {
    }

    private static PostgreSqlStorage Storage(TestbedDatabase database) => new(
        new NpgsqlConnectionFactory(
            database.AdminConnectionString, new PostgreSqlStorageOptions()),
        new PostgreSqlStorageOptions { QueuePollInterval = TimeSpan.FromMilliseconds(50) });

    private static Task<long> SucceededAsync(TestbedDatabase database) =>
        database.ScalarAsync<long>("select count(*) from hangfire.job where statename = 'Succeeded'");
}
