using System.Diagnostics;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Core.Runs;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Benchmarks;

/// <summary>Many small sites and a provider that takes its time: how much of the run is not waiting for it.</summary>
internal sealed class LatencyMeasure : IMeasure
{
    public string Name => "latency";

    public string Description => "Time over the ideal (calls × latency ÷ concurrency) with a slow provider.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var sizes = bench.Sizes;
        await using var full = await bench.FillAsync([.. Enumerable.Repeat(sizes.LatencyRowsOfSite, sizes.LatencySites)]);
        bench.Say($"latency: {sizes.LatencySites:N0} sites with {sizes.LatencyRowsOfSite} rows each queued");
        List<double> seconds = [], overIdeal = [];
        for (var run = 0; run < sizes.Runs; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            await using var database = await bench.Server.CopyDatabaseAsync(full);
            var provider = new TimedProvider(sizes.Latency);
            await using var worker = new BenchWorker(database.WorkerConnectionString, provider);
            var started = Stopwatch.GetTimestamp();
            await worker.DrainAsync(cancellation);
            var took = Stopwatch.GetElapsedTime(started);
            var ideal = provider.Calls * sizes.Latency / new UploadOptions().MaxParallelGroups;
            seconds.Add(took.TotalSeconds);
            overIdeal.Add(took / ideal);
            bench.Say($"latency: {took.TotalSeconds:0.0} s for {provider.Calls:N0} calls, {took / ideal:0.00} of the ideal");
        }

        return
        [
            new Figure(Name, $"{sizes.LatencySites:N0} sites, provider takes {sizes.Latency.TotalMilliseconds} ms", "s", seconds),
            new Figure(Name, "time over ideal", "×", overIdeal, Goal.Most(1.15, 1.3)),
        ];
    }
}

/// <summary>
/// Worker processes with default settings and a Google that takes 300 ms a request: what they bring in an hour, from how many on the
/// database is the limit, and what one site's backlog does to the others.
/// </summary>
internal sealed class GoogleSpeedMeasure : IMeasure
{
    public const string Part = "google-speed";

    private const int MostRowsOfRequest = 2_000;

    public string Name => Part;

    public string Description => "Conversions an hour with 300 ms a request, and the wait of others beside a site with a huge backlog.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var (calls, counts) = (bench.Sizes.GoogleCalls, bench.Sizes.GoogleWorkers);
        await using var google = await GoogleEmulator.StartAsync(cancellationToken: cancellation);
        (google.KeepBodies, google.KeepAccepted) = (false, false);
        await using var database = await bench.Server.CreateDatabaseAsync();
        var sites = await database.AddSitesAsync(calls * counts.Max());
        List<Drained> full = [];
        List<Drained>[] single = [.. counts.Select(_ => new List<Drained>())];
        for (var run = 0; run < bench.Sizes.Runs; run++)
        {
            google.Reset();
            google.SetBehaviour(null, CallBehaviour.Latency(bench.Sizes.GoogleLatency));
            await using (await WorkerProcess.StartAsync(TimedSettings(database, google)))
            {
                await FullAsync($"{run}-warm-");
                full.Add(await FullAsync($"{run}-"));
            }

            for (var place = 0; place < counts.Length; place++)
                single[place].Add(await SingleAsync(counts[place], $"{run}-{place}-"));

            bench.Say($"{Name}: full {full[^1]}; single {string.Join(", ", single.Select(series => series[^1]))}");
        }

        return
        [
            .. FiguresOf("full requests, 1 worker process", full),
            .. counts.SelectMany((count, place) => FiguresOf($"requests of 1 row, {count} worker processes", single[place])),
            .. counts.Skip(1).Select((count, place) => new Figure(Name, $"requests of 1 row, {count} worker processes over {counts[0]}", "×",
                [.. single[place + 1].Zip(single[0], (many, one) => many.Rate / one.Rate)])),
            .. await NeighbourWait.MeasureAsync(bench, google, cancellation),
        ];

        Task<Drained> FullAsync(string clickPrefix) =>
            DrainAsync(bench, database, sites[..(calls / 8)], MostRowsOfRequest, clickPrefix, () => Task.Delay(20, cancellation));

        async Task<Drained> SingleAsync(int count, string clickPrefix)
        {
            List<WorkerProcess> workers = [];
            try
            {
                while (workers.Count < count)
                    workers.Add(await WorkerProcess.StartAsync(WorkerSettings.For(database.WorkerConnectionString, google)));
                // Each call takes a part: the claim of the timer, without a limit, would leave the others nothing.
                return await DrainAsync(bench, database, sites[..(calls * count)], 1, clickPrefix,
                    () => Task.WhenAll(workers.Select(worker => worker.Client.UploadAsync(calls, cancellation))));
            }
            finally
            {
                foreach (var worker in workers)
                    await worker.DisposeAsync();
            }
        }
    }

    /// <summary>Runs by its timer, every second and without a limit of rows: as in production, and as often as can be.</summary>
    public static Dictionary<string, string?> TimedSettings(TestbedDatabase database, GoogleEmulator google) => WorkerSettings.For(
        database.WorkerConnectionString, google,
        ("UPLOAD_SCHEDULE", "* * * * * *"), ("AzureWebJobs:ProcessOfflineConversionsTimer:Disabled", "false"));

    private static async Task<Drained> DrainAsync(
        Bench bench, TestbedDatabase database, Guid[] sites, int rowsOfSite, string clickPrefix, Func<Task> work)
    {
        var begun = await database.ScalarAsync<DateTime>("select clock_timestamp()");
        var rows = await database.EnqueueAsync(sites, [.. sites.Select(_ => rowsOfSite)], clickPrefix);
        var processor = bench.Server.ProcessorSeconds();
        while (await database.ScalarAsync<bool>("select exists (select from offline_conversion_queue where status in ('QUEUED', 'RETRY', 'PROCESSING'))"))
            await work();
        // The kernel counts in hundredths.
        processor = Math.Max(0.01, bench.Server.ProcessorSeconds() - processor);
        // By the ledger: a worker that is called by the clock begins when it is time.
        var took = await database.ScalarAsync<double>(
            "select extract(epoch from max(created_at) - min(created_at))::float8 from provider_upload_attempts where created_at > $1", begun);
        return new Drained(rows / took, processor / rows);
    }

    // How many workers is calculated: the cores of this machine over what one worker takes of them.
    private static Figure[] FiguresOf(string shape, List<Drained> runs) =>
    [
        new(Part, shape, "rows/hour", [.. runs.Select(run => run.Rate * 3_600)]),
        new(Part, $"{shape}, processor time of the database", "µs/row", [.. runs.Select(run => run.Processor * 1e6)]),
        new(Part, $"{shape}, as many to fill the database's cores, calculated", "×", [.. runs.Select(run => Environment.ProcessorCount / (run.Rate * run.Processor))]),
    ];

    /// <summary>Rows per second, and the database's processor seconds for each.</summary>
    private sealed record Drained(double Rate, double Processor);
}

/// <summary>
/// How long fresh rows of small sites wait until they are uploaded, by a worker that never pauses: alone, and beside a site with a
/// huge backlog.
/// </summary>
internal static class NeighbourWait
{
    private const int Neighbours = 50;

    // The first of each site also asks for an access token.
    private const int Warming = Neighbours;

    // Each half by its index: a look at all rows of the backlog would be felt.
    private const string Left =
        """
        select exists (
                   select from offline_conversion_queue
                   where provider_key = 'google_ads' and site_id = any ($1) and status in ('QUEUED', 'RETRY'))
            or exists (
                   select from offline_conversion_queue
                   where site_id = any ($1) and status = 'PROCESSING' and coalesce(claimed_at, updated_at) > '-infinity')
        """;

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Bench bench, GoogleEmulator google, CancellationToken cancellation)
    {
        var (backlog, fresh) = (bench.Sizes.GoogleBacklog, bench.Sizes.GoogleFreshRows);
        await using var quiet = await bench.Server.CreateDatabaseAsync();
        await using var busy = await bench.Server.CreateDatabaseAsync();
        var (few, more) = (await quiet.AddSitesAsync(Neighbours), await busy.AddSitesAsync(Neighbours + 1));
        List<double> alone = [], beside = [];
        for (var run = 0; run < bench.Sizes.Runs; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            // Called again and again; with a backlog the timer's run goes on by itself.
            alone.Add(await WaitAsync(quiet, google, few, fresh, $"fresh-{run}-", timed: false));
            var left = await busy.ScalarAsync<long>("select count(*) from offline_conversion_queue where status = 'QUEUED'");
            await busy.EnqueueAsync(more[Neighbours], backlog - (int)left, $"{run}-");
            await busy.ExecuteAsync("vacuum analyze offline_conversion_queue");
            beside.Add(await WaitAsync(busy, google, more[..Neighbours], fresh, $"fresh-{run}-", timed: true));
            bench.Say($"{GoogleSpeedMeasure.Part}: fresh rows wait {alone[^1]:0.00} s alone, {beside[^1]:0.00} s beside the backlog");
        }

        var name = $"median wait of fresh rows of {Neighbours} sites";
        return
        [
            new(GoogleSpeedMeasure.Part, $"{name}, alone", "s", alone),
            new(GoogleSpeedMeasure.Part, $"{name}, beside a site with {backlog:N0} due", "s", beside),
            new(GoogleSpeedMeasure.Part, $"{name}, beside over alone", "×", [.. beside.Zip(alone, (with, without) => with / without)], Goal.Most(1.1, 1.5)),
        ];
    }

    private static async Task<double> WaitAsync(
        TestbedDatabase database, GoogleEmulator google, Guid[] sites, int rows, string prefix, bool timed)
    {
        await using var worker = await WorkerProcess.StartAsync(
            timed ? GoogleSpeedMeasure.TimedSettings(database, google) : WorkerSettings.For(database.WorkerConnectionString, google));
        var inserted = InsertAsync();
        while (!inserted.IsCompleted || await database.ScalarAsync<bool>(Left, sites))
            await (timed ? Task.Delay(Between) : worker.Client.UploadAsync());
        await inserted;
        return await database.ScalarAsync<double>(
            """
            select percentile_cont(0.5) within group (order by extract(epoch from updated_at - created_at)::float8)
            from offline_conversion_queue
            where gclid like $1 || '%' and status = 'COMPLETED'
            """, prefix);

        async Task InsertAsync()
        {
            var insert = BenchSql.Load("Sql.FreshRow");
            for (var n = -Warming; n < rows; n++)
            {
                await database.ExecuteAsync(insert, sites[(n + Warming) % sites.Length], n < 0 ? "warm-" : prefix);
                await Task.Delay(Between);
            }
        }
    }
}
