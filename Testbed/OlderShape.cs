namespace OpsMantik.Testbed;

/// <summary>The database as the dashboard left it before this worker: its statements (OlderShape.sql), and rows by the million.</summary>
public static class OlderShape
{
    public static string Sql { get; } = Read();

    /// <summary>
    /// Fills a database of that shape: confirmed sales with their queue rows, nine of ten COMPLETED, and a ledger with two
    /// lines for every tenth.
    /// </summary>
    public static Task<int> AddSalesAsync(this TestbedDatabase database, int count) => database.ExecuteAsync(
        $"""
        create table provider_upload_attempts (
            id uuid primary key default gen_random_uuid(), created_at timestamptz not null default now(),
            site_id uuid not null, provider_key text not null, batch_id text not null, phase text not null,
            claimed_count int, completed_count int, failed_count int, retry_count int, duration_ms int,
            provider_request_id text, error_code text, error_category text);
        insert into provider_upload_attempts (site_id, provider_key, batch_id, phase, created_at)
        select s.id, 'google_ads', n::text, p.phase, now() - n * interval '1 second'
        from sites s
        cross join generate_series(1, {count} / 10) n
        cross join unnest(array['STARTED', 'FINISHED']) p (phase);

        begin;
        -- Checking the foreign keys row by row would take most of the time.
        set local session_replication_role = replica;
        insert into sales (id, site_id, occurred_at, amount_cents, status, external_ref)
        select md5(n::text)::uuid, s.id, now() - n * interval '1 second', n, 'CONFIRMED', 'order-' || n
        from sites s
        cross join generate_series(1, {count}) n;
        insert into offline_conversion_queue (sale_id, site_id, gclid, conversion_time, value_cents, status, created_at)
        select md5(n::text)::uuid, s.id, 'gclid-' || n, now() - n * interval '1 second', n,
               case when n % 10 > 0 then 'COMPLETED' else (array['QUEUED', 'RETRY', 'FAILED'])[n / 10 % 3 + 1] end,
               now() - n * interval '1 second'
        from sites s
        cross join generate_series(1, {count}) n;
        commit;
        """);

    private static string Read()
    {
        using var reader = new StreamReader(typeof(OlderShape).Assembly.GetManifestResourceStream("OpsMantik.Testbed.OlderShape.sql")!);
        return reader.ReadToEnd();
    }
}
