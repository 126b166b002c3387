using System.Diagnostics;
using Npgsql;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.Drain;

/// <summary>What corrections cost: a run in which one row in ten is one, and the dashboard's change of a sale that was sent.</summary>
internal sealed class CorrectionMeasure : IMeasure
{
    // One row in ten was sent and its sale changed since; the trigger notes what is to be told.
    private const string ChangeSent =
        """
        with sent as (
            update offline_conversion_queue q
            set status = 'COMPLETED', claim_count = 1, uploaded_at = now()
            where q.id in (select q.id from offline_conversion_queue q order by q.created_at, q.id limit $1)
            returning q.sale_id
        )
        select count(*) from sent
        """;

    private const string ChangeSales =
        """
        update sales s
        set amount_cents = s.amount_cents + 1
        from offline_conversion_queue q
        where q.sale_id = s.id and q.status = 'COMPLETED'
        """;

    public string Name => "corrections";

    public string Description => "A run with one correction in ten rows beside one without, and what the trigger adds to a sale's update.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var (rows, sites) = (bench.Sizes.DrainRows, bench.Sizes.DrainSites);
        var corrections = rows / 10;
        await using var plain = await bench.FillAsync(Shapes.Even(rows, sites));
        await using var mixed = await bench.FillAsync(Shapes.Even(rows, sites));
        await mixed.ScalarAsync<long>(ChangeSent, corrections);
        await mixed.ExecuteAsync(ChangeSales);
        await mixed.ExecuteAsync("vacuum analyze");
        List<double> without = [], with = [], added = [];
        for (var run = 0; run < bench.Sizes.Runs; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            without.Add(await bench.OnCopyAsync(plain, database => RateAsync(database, rows, corrections: 0)));
            with.Add(await bench.OnCopyAsync(mixed, database => RateAsync(database, rows - corrections, corrections)));
            added.Add(await bench.OnCopyAsync(mixed, database => AddedAsync(database, corrections, cancellation)));
            bench.Say($"corrections: without {without[^1]:N0}, with {with[^1]:N0} rows/s; trigger {added[^1]:0.000} ms");
        }

        return
        [
            new Figure(Name, "no corrections", "rows/s", without),
            new Figure(Name, "one row in ten a correction", "rows/s", with),
            new Figure(
                Name, "throughput lost to corrections", "%", [.. with.Zip(without, (a, b) => (1 - a / b) * 100)], Goal.Most(10, 20)),
            new Figure(Name, "what the trigger adds to the update of a sale that was sent", "ms", added, Goal.Most(0.2, 0.5)),
        ];
    }

    /// <returns>Rows and corrections per second.</returns>
    private static async Task<double> RateAsync(TestbedDatabase database, int rows, int corrections)
    {
        await using var worker = new BenchWorker(database.WorkerConnectionString, new TimedProvider(TimeSpan.Zero));
        var started = Stopwatch.GetTimestamp();
        var summary = await worker.DrainAsync();
        var elapsed = Stopwatch.GetElapsedTime(started);
        return summary.Completed == rows && summary.Corrected == corrections
            ? (rows + corrections) / elapsed.TotalSeconds
            : throw new InvalidOperationException(
                $"{summary.Completed} of {rows} rows were completed, {summary.Corrected} of {corrections} corrected.");
    }

    /// <returns>Milliseconds, of medians: the update with the trigger less that without, row for row in turns.</returns>
    private static async Task<double> AddedAsync(TestbedDatabase database, int sales, CancellationToken cancellation)
    {
        await database.ExecuteAsync("truncate conversion_corrections");
        var ids = (await database.ScalarAsync<Guid[]>(
            "select array_agg(q.sale_id) from offline_conversion_queue q where q.status = 'COMPLETED'"))!;
        await using var with = await SessionAsync(database, "origin", cancellation);
        await using var without = await SessionAsync(database, "replica", cancellation);
        List<double> took = [], bare = [];
        for (var place = 0; place + 1 < Math.Min(sales, 4_000); place += 2)
        {
            took.Add(await UpdateAsync(with, ids[place], cancellation));
            bare.Add(await UpdateAsync(without, ids[place + 1], cancellation));
        }

        return Figure.MedianOf(took) - Figure.MedianOf(bare);
    }

    /// <param name="role">replica: a session in which no trigger fires.</param>
    private static async Task<NpgsqlConnection> SessionAsync(TestbedDatabase database, string role, CancellationToken cancellation)
    {
        var connection = await database.Admin.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand($"set session_replication_role = {role}", connection);
        await command.ExecuteNonQueryAsync(cancellation);
        return connection;
    }

    /// <returns>Milliseconds of the statement, without its commit: the disk's share is the same for both, and noisier than either.</returns>
    private static async Task<double> UpdateAsync(NpgsqlConnection connection, Guid sale, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var command = new NpgsqlCommand("update sales set amount_cents = amount_cents + 1 where id = $1", connection)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = sale } },
        };
        await command.PrepareAsync(cancellation);
        var started = Stopwatch.GetTimestamp();
        await command.ExecuteNonQueryAsync(cancellation);
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        await transaction.CommitAsync(cancellation);
        return took;
    }
}
