using System.Diagnostics;
using Npgsql;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Runs;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.Drain;

/// <summary>One run of this worker over a filled queue.</summary>
internal static class OwnDrain
{
    /// <returns>Rows per second, with a provider that answers at once and names its requests.</returns>
    public static async Task<double> RateAsync(TestbedDatabase database, int rows) =>
        rows / (await RunAsync(database, rows, new TimedProvider(TimeSpan.Zero) { RequestIds = true })).Elapsed.TotalSeconds;

    /// <param name="provider">Null: Google's own, as <paramref name="settings"/> say where.</param>
    /// <exception cref="InvalidOperationException">Not every row was completed.</exception>
    public static async Task<DrainCost> RunAsync(
        TestbedDatabase database, int rows, IConversionProvider? provider, params (string Name, string Value)[] settings)
    {
        await using var worker = new BenchWorker(database.WorkerConnectionString, provider, settings);
        using var process = Process.GetCurrentProcess();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var processor = process.TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();
        var summary = await worker.DrainAsync();
        var elapsed = Stopwatch.GetElapsedTime(started);
        process.Refresh();
        return summary.Completed == rows
            ? new DrainCost(
                elapsed, process.TotalProcessorTime - processor, GC.GetTotalAllocatedBytes(precise: true) - allocated)
            : throw new InvalidOperationException($"{summary.Completed} of {rows} rows were completed.");
    }
}

/// <summary>The worker's statements driven inside PostgreSQL, by as many sessions side by side as are fastest.</summary>
internal static class BareLimit
{
    public static async Task<TimeSpan> DrainAsync(TestbedDatabase database, int drivers)
    {
        await database.ExecuteAsync(BenchSql.Load("Drain.Sql.BareDrain"));
        await using var source = NpgsqlDataSource.Create(database.WorkerConnectionString);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, drivers).Select(_ => CallAsync(source)));
        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task CallAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("call bench_bare_drain($1, $2, $3, $4, $5)");
        command.CommandTimeout = 600;
        foreach (var value in (object[])[Claim.DeferSql, Claim.Sql, WriteBack.Sql, ClaimStream.MaxRowsOfClaim, ClaimStream.MaxRowsOfGroup])
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>
/// The classic cron worker on the same table and indexes: claims 50, updates row by row, counts per group. Its upload
/// costs nothing, its statements are prepared.
/// </summary>
internal static class RowByRow
{
    private const int RowsOfClaim = 50;

    /// <returns>Rows per second over the first <paramref name="rows"/> rows.</returns>
    public static async Task<double> DrainAsync(TestbedDatabase database, int rows)
    {
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(database.WorkerConnectionString) { MaxAutoPrepare = 10 }.ConnectionString);
        await using var connection = await source.OpenConnectionAsync();
        var started = Stopwatch.GetTimestamp();
        var done = 0;
        while (done < rows)
        {
            var claimed = await ClaimAsync(connection);
            if (claimed.Count == 0)
                break;
            foreach (var row in claimed)
                await CompleteAsync(connection, row.Id, row.Sale);
            foreach (var site in claimed.GroupBy(row => row.Site))
                await CountAsync(connection, site.Key, site.Count());
            done += claimed.Count;
        }

        return done / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<List<(Guid Id, Guid Site, Guid Sale)>> ClaimAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(BenchSql.Load("Drain.Sql.RowByRow.Claim"), connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = RowsOfClaim });
        await using var reader = await command.ExecuteReaderAsync();
        List<(Guid, Guid, Guid)> rows = [];
        while (await reader.ReadAsync())
            rows.Add((reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2)));
        return rows;
    }

    private static async Task CompleteAsync(NpgsqlConnection connection, Guid id, Guid sale)
    {
        await using var command = new NpgsqlCommand(
            """
            update offline_conversion_queue
            set status = 'COMPLETED', claimed_at = null, last_error = null, provider_ref = $2, uploaded_at = now(),
                updated_at = now()
            where id = $1 and status = 'PROCESSING'
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = sale.ToString() });
        await command.ExecuteNonQueryAsync();
    }

    private static async Task CountAsync(NpgsqlConnection connection, Guid site, long rows)
    {
        await using var command = new NpgsqlCommand(
            "select increment_provider_upload_metrics($1, 'google_ads', $2, $2, 0, 0)", connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = site });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = rows });
        await command.ExecuteNonQueryAsync();
    }
}
