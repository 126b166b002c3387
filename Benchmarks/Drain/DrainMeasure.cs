using Npgsql;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Local.Postgres;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.Drain;

/// <summary>
/// Rows per second from claim to write-back with a provider that answers at once, beside the bare limit and a row-by-row
/// worker; and once more with Google's provider over HTTP.
/// </summary>
internal sealed class DrainMeasure : IMeasure
{
    public string Name => "drain";

    public string Description => "Rows per second, beside the bare limit and a row-by-row worker.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var (rows, sites) = (bench.Sizes.DrainRows, bench.Sizes.DrainSites);
        await using var even = await bench.FillAsync(Shapes.Even(rows, sites));
        List<Figure> figures = [.. await CompareAsync(bench, "even", even, cancellation)];
        figures.AddRange(await OverHttpAsync(bench, even, cancellation));
        await using var skewed = await bench.FillAsync(Shapes.Skewed(rows, sites));
        return [.. figures, .. await CompareAsync(bench, "one site 90 %", skewed, cancellation)];
    }

    private async Task<IReadOnlyList<Figure>> CompareAsync(
        Bench bench, string shape, TestbedDatabase full, CancellationToken cancellation)
    {
        var rows = bench.Sizes.DrainRows;
        var drivers = await FastestAsync(bench, full, cancellation);
        var ours = new DrainSeries($"{shape}: this worker", rows);
        List<double> bare = [], classic = [];
        for (var run = 0; run < bench.Sizes.Runs; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            ours.Add(await bench.OnCopyAsync(full, database =>
                OwnDrain.RunAsync(database, rows, new TimedProvider(TimeSpan.Zero))));
            bare.Add(await bench.OnCopyAsync(full, async database =>
                rows / (await BareLimit.DrainAsync(database, drivers)).TotalSeconds));
            classic.Add(await bench.OnCopyAsync(full, database => RowByRow.DrainAsync(database, bench.Sizes.RowByRowRows)));
            bench.Say($"drain, {shape}: ours {ours.Rates[^1]:N0}, bare {bare[^1]:N0}, row by row {classic[^1]:N0} rows/s");
        }

        return
        [
            .. ours.Figures(Name),
            new Figure(Name, $"{shape}: bare limit ({drivers} sessions)", "rows/s", bare),
            new Figure(Name, $"{shape}: row by row", "rows/s", classic),
            new Figure(Name, $"{shape}: share of the bare limit", "%", Ratios(ours.Rates, bare, 100), Goal.Least(70, 50)),
            new Figure(Name, $"{shape}: against row by row", "×", Ratios(ours.Rates, classic), Goal.Least(20, 10)),
        ];
    }

    /// <summary>Explains the figures above: what Google's requests and answers add, with an emulator that shares the machine.</summary>
    private async Task<IEnumerable<Figure>> OverHttpAsync(
        Bench bench, TestbedDatabase full, CancellationToken cancellation)
    {
        var rows = bench.Sizes.DrainRows;
        var http = new DrainSeries("even, over HTTP to the emulator", rows);
        // Three tell enough where nothing is judged.
        for (var run = 0; run < Math.Min(3, bench.Sizes.Runs); run++)
        {
            cancellation.ThrowIfCancellationRequested();
            await using var emulator = await EmulatorProcess.StartAsync(cancellation);
            http.Add(await bench.OnCopyAsync(full, database => OwnDrain.RunAsync(database, rows, null, emulator.Settings)));
            bench.Say($"drain, over HTTP: {http.Rates[^1]:N0} rows/s");
        }

        return http.Figures(Name);
    }

    private static async Task<int> FastestAsync(Bench bench, TestbedDatabase full, CancellationToken cancellation)
    {
        var best = (Drivers: 0, Time: TimeSpan.MaxValue);
        foreach (var drivers in bench.Sizes.BareDrivers)
        {
            cancellation.ThrowIfCancellationRequested();
            var time = await bench.OnCopyAsync(full, database => BareLimit.DrainAsync(database, drivers));
            bench.Say($"bare limit, {drivers} sessions: {time.TotalSeconds:0.0} s");
            if (time < best.Time)
                best = (drivers, time);
        }

        return best.Drivers;
    }

    private static double[] Ratios(IReadOnlyList<double> over, IReadOnlyList<double> under, double scale = 1) =>
        [.. over.Zip(under, (a, b) => a / b * scale)];
}

/// <summary>What one drain took of time and of this process's processor time, and what it allocated, in bytes.</summary>
internal sealed record DrainCost(TimeSpan Elapsed, TimeSpan Processor, long Allocated);

/// <summary>What a drain cost the database.</summary>
/// <param name="Statements">
/// Elapsed time in its statements, waits for locks and for a processor included, commits not; null without pg_stat_statements.
/// </param>
/// <param name="LogBytes">Of write-ahead log.</param>
internal sealed record DatabaseCost(TimeSpan? Statements, long LogBytes)
{
    private const string Library = "pg_stat_statements";

    // A database's own, so that nothing is counted where nobody asks, and the benchmarks' own look at a drain can turn it off.
    public const string TrackSetting = "pg_stat_statements.track";

    /// <summary>A durable server with pg_stat_statements, which counts nothing yet; one without it, said so, if there is none here.</summary>
    public static async Task<TestbedServer> StartServerAsync(TextWriter output, CancellationToken cancellation, string library = Library)
    {
        var options = new PrivatePostgresOptions { Durable = true };
        try
        {
            var server = await TestbedServer.StartAsync(
                options with { Settings = [$"shared_preload_libraries={library}", $"{TrackSetting}=none", "pg_stat_statements.track_planning=on"] },
                cancellation);
            await ScalarAsync<object>(server, $"create extension if not exists {library}");
            return server;
        }
        catch (PrivatePostgresException)
        {
            output.WriteLine(
                $"PostgreSQL does not start with {library}: database time is left out. On Debian and Ubuntu it is in the package postgresql.");
            return await TestbedServer.StartAsync(options, cancellation);
        }
    }

    /// <param name="database">A copy of its own: what is counted of it begins with this.</param>
    public static async Task<(double Rate, DatabaseCost Cost)> MeasureAsync(
        TestbedServer server, TestbedDatabase database, Func<Task<double>> drain)
    {
        await ScalarAsync<object>(server, $"alter database {database.Name} set {TrackSetting} = 'top'");
        var before = await ScalarAsync<long>(server, "select (pg_current_wal_insert_lsn() - '0/0')::bigint");
        var rate = await drain();
        var after = await ScalarAsync<long>(server, "select (pg_current_wal_insert_lsn() - '0/0')::bigint");
        // Top-level statements: their time has that of the statements in functions.
        var statements = await ScalarAsync<string>(server, $"select to_regclass('{Library}')::text") is null
            ? (double?)null
            : await ScalarAsync<double>(server,
                $"""
                select coalesce(sum(s.total_exec_time + s.total_plan_time), 0)
                from {Library} s join pg_database d on d.oid = s.dbid
                where d.datname = '{database.Name}'
                """);
        return (rate, new DatabaseCost(statements is { } ms ? TimeSpan.FromMilliseconds(ms) : null, after - before));
    }

    private static async Task<T?> ScalarAsync<T>(TestbedServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.Postgres.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }
}

/// <summary>The same drain, run after run.</summary>
internal sealed class DrainSeries(string measure, int rows)
{
    private readonly List<double> _rates = [];
    private readonly List<double> _processor = [];
    private readonly List<double> _allocated = [];

    /// <summary>Rows per second.</summary>
    public IReadOnlyList<double> Rates => _rates;

    public void Add(DrainCost cost)
    {
        _rates.Add(rows / cost.Elapsed.TotalSeconds);
        _processor.Add(cost.Processor.TotalMicroseconds / rows);
        _allocated.Add((double)cost.Allocated / rows);
    }

    public IEnumerable<Figure> Figures(string part) =>
    [
        new Figure(part, measure, "rows/s", _rates),
        new Figure(part, $"{measure}, processor time of its process", "µs/row", _processor),
        new Figure(part, $"{measure}, allocated from claim to write-back", "bytes/row", _allocated),
    ];
}

/// <summary>How queued rows are spread over sites.</summary>
internal static class Shapes
{
    public static int[] Even(int rows, int sites) =>
        [.. Enumerable.Range(0, sites).Select(place => (rows / sites) + (place < rows % sites ? 1 : 0))];

    /// <summary>One site has nine of ten rows.</summary>
    public static int[] Skewed(int rows, int sites)
    {
        var small = rows / 10 / (sites - 1);
        return [rows - (small * (sites - 1)), .. Enumerable.Repeat(small, sites - 1)];
    }
}
