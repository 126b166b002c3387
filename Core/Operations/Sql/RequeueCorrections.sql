-- As Requeue.sql, of corrections. corrected_at and claim_count stay: what is sent again is the same correction, which the
-- provider may have. One is taken only while it is the newest of its row, none of the row is on its way, and the sale is as it
-- says: another would undo what was told later, or retract a confirmed sale. That is looked at again under the lock.
-- Locks: the queue rows, as correct_sale() takes them first, then the corrections; what a worker or the dashboard holds is left.
-- $1 site or null  $2 provider_key  $3 statuses  $4 category or null  $5 code or null  $6 since or null  $7 sale ids or null
-- $8 actor  $9 details  $10 most corrections  $11 when the first chunk began, null for itself
with wanted as materialized (
    select c.id
    from conversion_corrections c
    join offline_conversion_queue q on q.site_id = c.site_id and q.id = c.row_id
    where ($1::uuid is null or c.site_id = $1)
      and c.provider_key = $2
      and c.status = any ($3)
      and ($4::text is null or c.provider_error_category = $4)
      and ($5::text is null or c.provider_error_code = $5)
      and ($6::timestamptz is null or c.updated_at >= $6)
      and ($7::uuid[] is null or q.sale_id = any ($7))
      and ($11::timestamptz is null or c.updated_at < $11)
      and is_correction_current(c.id)
    limit $10
    for update of q, c skip locked
),
requeued as (
    update conversion_corrections c
    set status = 'QUEUED',
        retry_count = 0,
        next_retry_at = null,
        last_error = null,
        provider_error_code = null,
        provider_error_category = null,
        updated_at = now()
    where c.id = any (array(select w.id from wanted w))
      and is_correction_current(c.id)
    returning c.id
),
audited as (
    insert into operator_audit (actor, action, site_id, provider_key, row_count, details)
    select $8, 'requeue corrections', $1, $2, count(*), $9
    from requeued r
    having count(*) > 0 or $11::timestamptz is null
)
select count(*), now() from requeued
