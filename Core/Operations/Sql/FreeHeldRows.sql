-- Makes a chunk of the rows that a circuit held back due now. After circuit close no claim holds them back again. After
-- circuit open the next claim holds them until the probe, which those that an isolation holds for a day would miss; only
-- they are taken, so that what is held again is not freed again.
-- Locks: the chunk's rows, skipping what a claim holds. Index: offline_conversion_queue_due_idx.
-- $1 site  $2 provider_key  $3 most rows  $4 only those that an isolation holds?
with held as materialized (
    select q.id
    from offline_conversion_queue q
    where q.site_id = $1
      and q.provider_key = $2
      and q.status in ('QUEUED', 'RETRY')
      and q.last_error = 'CIRCUIT_OPEN'
      and (not $4 or q.next_retry_at > now() + interval '10 minutes')
    limit $3
    for update skip locked
)
update offline_conversion_queue q
-- A dashboard's newer queue wants a time wherever the status is RETRY.
set next_retry_at = case when q.status = 'RETRY' then now() end, last_error = null, updated_at = now()
where q.id = any (array(select h.id from held h))
