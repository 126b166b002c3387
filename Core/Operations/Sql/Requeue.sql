-- Rows that ended, or wait, start anew, a chunk at a time; the line in the audit says who asked and how many it were, in the
-- chunk's transaction. A row that ended again since the first chunk is not taken twice.
-- claim_count stays: it remembers that a row may have reached the provider, so that "already in use" can mean us.
-- A canceled sale's row is not taken: confirmed again, it waits by itself.
-- A row without a sale is the dashboard's own, whoever asks: a login that row security does not hold would see it.
-- The status is looked at again under the row's lock: what a worker claimed meanwhile is left alone.
-- Locks: the queue rows; a claim skips them, and they skip what a claim holds.
-- $1 site or null  $2 provider_key  $3 statuses  $4 category or null  $5 code or null  $6 since or null  $7 sale ids or null
-- $8 actor  $9 details  $10 most rows  $11 when the first chunk began, null for itself
with wanted as materialized (
    select q.id
    from offline_conversion_queue q
    where ($1::uuid is null or q.site_id = $1)
      and q.provider_key = $2
      and q.status = any ($3)
      and ($4::text is null or q.provider_error_category = $4)
      and ($5::text is null or q.provider_error_code = $5)
      and ($6::timestamptz is null or q.updated_at >= $6)
      and ($7::uuid[] is null or q.sale_id = any ($7))
      and q.provider_error_code is distinct from 'SALE_CANCELED'
      and q.sale_id is not null
      and ($11::timestamptz is null or q.updated_at < $11)
    limit $10
    for update skip locked
),
requeued as (
    update offline_conversion_queue q
    set status = 'QUEUED',
        retry_count = 0,
        next_retry_at = null,
        last_error = null,
        provider_error_code = null,
        provider_error_category = null,
        uploaded_at = null,
        updated_at = now()
    -- An array, not a join: whatever the planner expects of the limit, it looks the rows up by their keys.
    where q.id = any (array(select w.id from wanted w))
    returning q.id
),
audited as (
    insert into operator_audit (actor, action, site_id, provider_key, row_count, details)
    select $8, 'requeue', $1, $2, count(*), $9
    from requeued r
    having count(*) > 0 or $11::timestamptz is null
)
select count(*), now() from requeued
