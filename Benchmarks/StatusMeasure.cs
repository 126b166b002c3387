using System.Diagnostics;
using System.Net.Http.Headers;
using OpsMantik.Benchmarks.Growth;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Benchmarks;

/// <summary>How long a browser waits for the last byte of the status page: after years of uploads, and with a full queue.</summary>
internal sealed class StatusMeasure : IMeasure
{
    private const int WaitingInHistory = 100;

    // As a queue looks after a week without Google.
    private const string Fill =
        """
        update offline_conversion_queue q
        set status = ('{QUEUED,QUEUED,QUEUED,QUEUED,QUEUED,QUEUED,QUEUED,RETRY,RETRY,FAILED}'::text[])[1 + abs(hashtext(q.id::text)) % 10],
            provider_error_code = 'CLICK_NOT_FOUND',
            provider_error_category = 'VALIDATION',
            updated_at = now() - abs(hashtext(q.sale_id::text)) % 2880 * interval '1 minute'
        """;

    // What there is beside the rows: names, counters, three days of hourly batches, and failures of the last day.
    private const string Surround =
        """
        alter table sites add column name text;
        update sites set name = 'Site ' || left(id::text, 8);
        update offline_conversion_queue q
        set updated_at = now() - abs(hashtext(q.sale_id::text)) % 1440 * interval '1 minute'
        where q.status = 'FAILED' and q.updated_at > now() - interval '15 days' and q.updated_at < now() - interval '10 days';
        insert into provider_upload_metrics (site_id, provider_key, completed_total) select s.id, 'google_ads', 400 from sites s;
        insert into provider_upload_attempts
            (created_at, site_id, provider_key, batch_id, phase, claimed_count, completed_count, failed_count)
        select now() - h * interval '1 hour', s.id, 'google_ads', 'b', p.phase, 20, 19, 1
        from generate_series(72, 0, -1) as h cross join sites s cross join unnest('{STARTED,FINISHED}'::text[]) as p (phase);
        vacuum analyze sites;
        vacuum analyze offline_conversion_queue;
        vacuum analyze provider_upload_attempts
        """;

    public string Name => "status";

    public string Description => "Time to the last byte of the status page, with a long history, a full queue and thousands of sites.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var (history, due, sites) = (bench.Sizes.HistoryRows[^1], bench.Sizes.DueRows, bench.Sizes.LatencySites);
        await using var old = await QueueProbe.LoadAsync(bench, sites, history, due: false, WaitingInHistory);
        var page = await MeasureAsync(bench, old.Database, cancellation);
        await using var full = await QueueProbe.LoadAsync(bench, sites, due, due: true);
        await full.Database.ExecuteAsync(Fill);
        var filled = await MeasureAsync(bench, full.Database, cancellation);
        return
        [
            new Figure(Name, $"page on {history:N0} rows of {sites:N0} sites, one in {WaitingInHistory} waiting", "ms", page, Goal.Most(200, 400)),
            new Figure(Name, $"page on {due:N0} rows of {sites:N0} sites, nearly all waiting", "ms", filled),
        ];
    }

    private async Task<List<double>> MeasureAsync(Bench bench, TestbedDatabase database, CancellationToken cancellation)
    {
        foreach (var statement in Surround.Split(';'))
            await database.ExecuteAsync(statement);
        await using var google = await GoogleEmulator.StartAsync(cancellationToken: cancellation);
        await using var worker = await WorkerProcess.StartAsync(WorkerSettings.For(database.WorkerConnectionString, google));
        using var http = new HttpClient { BaseAddress = worker.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", WorkerSettings.CronSecret);
        http.DefaultRequestHeaders.Add("Accept", "text/html");
        List<double> times = [];
        // The first find cold caches and code not yet compiled, which a page that renews itself does once.
        for (var run = -3; run < bench.Sizes.Runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            var page = await http.GetByteArrayAsync("/api/status", cancellation);
            if (run >= 0)
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (run == 0)
                bench.Say($"{Name}: {page.Length:N0} bytes");
        }

        bench.Say($"{Name}: {string.Join(", ", times.Select(time => $"{time:0} ms"))}");
        return times;
    }
}
