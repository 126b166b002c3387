using System.Diagnostics;
using Npgsql;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Status;

namespace OpsMantik.Benchmarks;

/// <summary>How long the status page's report takes with a full queue.</summary>
internal sealed class StatusMeasure : IMeasure
{
    // Of ten rows, as a queue looks after a year, and as it looks after a week without Google.
    private const string Old = "'{COMPLETED,COMPLETED,COMPLETED,COMPLETED,COMPLETED,COMPLETED,COMPLETED,COMPLETED,QUEUED,FAILED}'";
    private const string Full = "'{QUEUED,QUEUED,QUEUED,QUEUED,QUEUED,QUEUED,QUEUED,RETRY,RETRY,FAILED}'";

    private const string Spread =
        """
        update offline_conversion_queue q
        set status = ($STATUSES::text[])[1 + abs(hashtext(q.id::text)) % 10],
            provider_error_code = 'CLICK_NOT_FOUND',
            provider_error_category = 'VALIDATION',
            updated_at = now() - abs(hashtext(q.sale_id::text)) % 2880 * interval '1 minute';
        insert into provider_upload_metrics (site_id, provider_key, completed_total) select s.id, 'google_ads', 400 from sites s;
        insert into provider_upload_attempts
            (created_at, site_id, provider_key, batch_id, phase, claimed_count, completed_count, failed_count)
        select now() - h * interval '1 hour', s.id, 'google_ads', 'b', p.phase, 20, 19, 1
        from generate_series(72, 0, -1) as h cross join sites s cross join unnest('{STARTED,FINISHED}'::text[]) as p (phase);
        vacuum analyze offline_conversion_queue;
        vacuum analyze provider_upload_attempts
        """;

    public string Name => "status";

    public string Description => "Time of the status page's report with a full queue and thousands of sites.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var (rows, sites) = (bench.Sizes.DueRows, bench.Sizes.LatencySites);
        var old = await MeasureAsync(bench, Old, rows / sites, sites, cancellation);
        var full = await MeasureAsync(bench, Full, rows / sites, sites, cancellation);
        return
        [
            new Figure(Name, $"{rows:N0} rows of {sites:N0} sites, a tenth waiting", "ms", old, Goal.Most(200, 400)),
            new Figure(Name, $"{rows:N0} rows of {sites:N0} sites, nearly all waiting", "ms", full),
        ];
    }

    private async Task<List<double>> MeasureAsync(
        Bench bench, string statuses, int rowsOfSite, int sites, CancellationToken cancellation)
    {
        await using var database = await bench.FillAsync([.. Enumerable.Repeat(rowsOfSite, sites)]);
        foreach (var statement in Spread.Replace("$STATUSES", statuses, StringComparison.Ordinal).Split(';'))
            await database.ExecuteAsync(statement);
        bench.Say($"{Name}: {rowsOfSite * sites:N0} rows of {sites:N0} sites");
        await using var worker = NpgsqlDataSource.Create(database.WorkerConnectionString);
        var reader = new StatusReader(worker, Currencies.Default);
        List<double> times = [];
        for (var run = -1; run < bench.Sizes.Runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            await reader.ReadAsync(cancellation);
            // The first finds cold caches, which a page that renews itself does once.
            if (run >= 0)
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        bench.Say($"{Name}: {string.Join(", ", times.Select(time => $"{time:0} ms"))}");
        return times;
    }
}
