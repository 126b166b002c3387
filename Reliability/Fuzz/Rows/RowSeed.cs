using OpsMantik.Testbed;

namespace OpsMantik.Reliability.Fuzz.Rows;

internal static class RowSeed
{
    /// <summary>Inserts a row and its sale.</summary>
    /// <returns>The row's id.</returns>
    public static Task<Guid> InsertAsync(this TestbedDatabase database, Guid site, QueueRow row) =>
        database.ScalarAsync<Guid>(
            """
            with sold as (
                insert into sales (id, site_id, occurred_at, amount_cents, status)
                -- The queue's site need not exist; the sale's must.
                values (gen_random_uuid(), coalesce((select s.id from sites s where s.id = $1), (select s.id from sites s limit 1)),
                        now() - interval '2 days', 12345, 'CONFIRMED')
                returning id
            )
            insert into offline_conversion_queue
                (site_id, sale_id, gclid, gbraid, wbraid, conversion_time, value_cents, currency, payload, status, retry_count,
                 claim_count, created_at, next_retry_at)
            select $1, s.id, $2::text, $3::text, $4::text, $5::text::timestamptz, $6, $7, $8::text::jsonb, 'QUEUED', $9, $10,
                   $11::text::timestamptz, $12::text::timestamptz
            from sold s
            returning id
            """,
            site, row.Gclid, row.Gbraid, row.Wbraid, row.Time, row.ValueCents, row.Currency, row.Payload, row.RetryCount,
            row.ClaimCount, row.CreatedAt, row.NextRetryAt);
}
