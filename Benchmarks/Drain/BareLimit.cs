using System.Diagnostics;
using Npgsql;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Runs;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.Drain;

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
