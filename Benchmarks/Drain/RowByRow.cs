using System.Diagnostics;
using Npgsql;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.Drain;

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
