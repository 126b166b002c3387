using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.StatusPage;

/// <summary>The running app over a database with a day of uploads.</summary>
internal sealed class StatusPageApp : IAsyncDisposable
{
    /// <summary>What a provider might be made to say.</summary>
    public const string HostileMessage = """<script>hacked = 1</script><img src=x onerror="hacked = 1">"' & """;

    private StatusPageApp(TestDatabase database, HostedWorker worker) => (Database, Worker) = (database, worker);

    public TestDatabase Database { get; }

    public HostedWorker Worker { get; }

    public string Address => new Uri(Worker.Http.BaseAddress!, Paths.Status).ToString();

    public static async Task<StatusPageApp> StartAsync(int sites, bool troubled, HostKind host = HostKind.Serve)
    {
        var database = await TestDatabase.CreateAsync();
        await StatusSeed.ApplyAsync(database, sites, troubled);
        return new StatusPageApp(
            database, await HostedWorker.StartAsync(host, ("ConnectionStrings:OpsMantik", database.WorkerConnectionString)));
    }

    /// <summary>A site with rows that failed with <see cref="HostileMessage"/>.</summary>
    public Task<Guid> HostileSiteAsync() => Database.ScalarAsync<Guid>(
        "select site_id from offline_conversion_queue where last_error = $1 order by status limit 1", HostileMessage);

    public async ValueTask DisposeAsync()
    {
        await Worker.DisposeAsync();
        await Database.DisposeAsync();
    }
}

/// <summary>The rows of <see cref="StatusPageApp"/>.</summary>
internal static class StatusSeed
{
    private const string Sql =
        """
        create temporary table s as
        select gen_random_uuid() as id, n, case when $2 then n % 40 else 99 end as kind from generate_series(0, $1 - 1) as n;

        alter table sites add column name text;
        insert into sites (id, name)
        select s.id, case when s.n % 5 < 4 then (array['Cafe', 'Garage', 'Dental', 'Florist'])[s.n % 4 + 1] || ' ' || s.n end
        from s;
        insert into provider_credentials (site_id, provider_key, encrypted_payload, key_fingerprint, updated_at)
        select s.id, 'google_ads', 'sealed', 'key', now() - interval '20 days' from s where s.kind <> 3;
        insert into provider_upload_metrics (site_id, provider_key, attempts_total, completed_total)
        select s.id, 'google_ads', 900 + s.n % 200, 900 + s.n % 200 from s;
        insert into provider_upload_attempts
            (created_at, site_id, provider_key, batch_id, phase, claimed_count, completed_count, failed_count, retry_count,
             duration_ms, error_code, error_category)
        select now() - make_interval(hours => h, mins => 10 + s.n % 40), s.id, 'google_ads', h::text, 'FINISHED',
               8 + h % 5, 8 + h % 5 - f.failed, f.failed, 0, 400 + h * 7,
               case f.failed when 1 then 'CLICK_NOT_FOUND' end, case f.failed when 1 then 'VALIDATION' end
        from s
        cross join generate_series(0, 23) as h
        cross join lateral (select ($2 and (s.n + h) % 3 = 0)::int as failed) f
        where (s.n * 7 + h * 5) % 24 < 4 + 8 * (1 + sin((extract(hour from now()) - h) / 24.0 * 6.2832 - 1.6)) or $1 < 10;
        insert into provider_backlog_samples (provider_key, taken_at, waiting, oldest_at)
        select 'google_ads', date_trunc('minute', now()) - m * interval '10 minutes',
               ($1 * (1.5 + sin(m / 22.0)) + case when $2 then greatest(0, 60 - m) * $1 / 30 else 0 end)::int,
               now() - m * interval '10 minutes' - interval '9 minutes' * (1.3 + sin(m / 6.0))
               - case when $2 then greatest(0, 60 - m) * interval '9 minutes' else interval '0' end
        from generate_series(0, 143) as m
        where $1 > 0;
        insert into worker_ticks (job, ended_at)
        select t.job, now() - t.ago
        from (values ('upload', interval '4 minutes'), ('confirm', interval '14 minutes'),
                     ('recovery', interval '14 minutes')) as t (job, ago)
        where $1 > 0;

        -- Two rows wait at every site; troubles as kind says: 0 revoked, 1 parked, 2 open, 3 no credentials, 4 failing,
        -- 5 isolated, 6 rows to requeue, 7 parked by Google's retired version.
        create temporary table q as
        select gen_random_uuid() as sale, s.id as site, s.kind, w.status, w.code, w.category, w.message, w.ago, r
        from s
        cross join lateral (
            select 'QUEUED' as status, null as code, null as category, null as message, interval '9 minutes' as ago, 2 as rows
            union all select 'FAILED', 'INVALID_GRANT', 'AUTH',
                'Google refuses the site''s credentials (invalid_grant): Token has been expired or revoked.',
                interval '25 minutes', 6 where s.kind in (0, 6)
            union all select 'RETRY', 'NO_CONVERSION_ACTION_FOUND', 'CONFIGURATION', $3, interval '9 hours', 4 where s.kind = 1
            union all select 'RETRY', 'HTTP_503', 'TRANSIENT', 'The service is currently unavailable.', interval '3 hours', 5
                where s.kind = 2
            union all select 'FAILED', 'CLICK_NOT_FOUND', 'VALIDATION', $3, interval '40 minutes', 3 where s.kind = 4
            union all select 'RETRY', 'CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE', 'CONFIGURATION', 'Not allowed.',
                interval '5 hours', 2 where s.kind = 7
        ) w
        cross join lateral generate_series(1, w.rows) as r;
        insert into sales (id, site_id, occurred_at, amount_cents, status)
        select q.sale, q.site, now(), 12345, 'CONFIRMED' from q;
        insert into offline_conversion_queue
            (site_id, sale_id, gclid, conversion_time, value_cents, status, created_at, updated_at, next_retry_at, retry_count,
             provider_error_code, provider_error_category, last_error)
        select q.site, q.sale, 'click', now(), 12345, q.status, now() - q.ago, now() - q.ago - q.r * interval '1 second',
               case q.status when 'RETRY' then now() + interval '20 minutes' end, case q.status when 'RETRY' then 2 else 0 end,
               q.code, q.category, q.message
        from q;
        insert into provider_upload_attempts
            (created_at, site_id, provider_key, batch_id, phase, claimed_count, completed_count, failed_count, retry_count,
             duration_ms, error_code, error_category)
        select now() - interval '3 minutes' - interval '30 days' * (s.kind = 6)::int, s.id, 'google_ads', 'last', 'FINISHED', 6, 0,
               case when w.category in ('AUTH', 'VALIDATION') then 6 else 0 end,
               case when w.category in ('AUTH', 'VALIDATION') then 0 else 6 end, 900, w.code, w.category
        from s
        join (select distinct q.site, q.code, q.category from q where q.code is not null) w on w.site = s.id
        where s.kind <> 6;
        insert into provider_health_state (site_id, provider_key, state, opened_at, next_probe_at, failure_count)
        select s.id, 'google_ads', case s.kind when 2 then 'OPEN' when 5 then 'OPEN' else 'CLOSED' end::provider_circuit_state,
               case when s.kind in (2, 5) then now() - interval '3 hours' end,
               case s.kind when 2 then now() + interval '4 minutes' when 5 then 'infinity' end,
               case s.kind when 2 then 12 else 0 end
        from s;
        -- Of a troubled site some corrections failed, of all some wait: what the parked site's page lists.
        insert into conversion_corrections
            (site_id, provider_key, row_id, kind, corrected_at, status, provider_error_code, last_error, created_at, updated_at)
        select r.site_id, 'google_ads', r.id, 'RETRACT', now(), case when $2 and s.kind in (1, 8) then 'FAILED' else 'COMPLETED' end,
               case when $2 and s.kind in (1, 8) then 'CORRECTION_NOT_TAKEN' end, case when $2 and s.kind = 1 then $3 end, now(), now()
        from s
        join offline_conversion_queue r on r.site_id = s.id and r.status = 'QUEUED';
        drop table s, q;
        """;

    /// <summary>Fills a database with a day of some sites: a good day, or one with every kind of problem.</summary>
    public static async Task ApplyAsync(TestDatabase database, int sites, bool troubled)
    {
        // Several statements take no parameters.
        var sql = Sql
            .Replace("$1", $"{sites}", StringComparison.Ordinal)
            .Replace("$2", troubled ? "true" : "false", StringComparison.Ordinal)
            .Replace("$3", $"'{StatusPageApp.HostileMessage.Replace("'", "''", StringComparison.Ordinal)}'", StringComparison.Ordinal);
        await database.ExecuteAsync(sql);
        await database.ExecuteAsync("analyze");
    }
}
