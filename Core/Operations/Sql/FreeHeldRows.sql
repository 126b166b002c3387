-- Makes a chunk of the rows that a circuit held back due now; it is closed already, so no claim holds them back again.
-- Locks: the chunk's rows, skipping what a claim holds. Index: offline_conversion_queue_due_idx.
-- $1 site  $2 provider_key  $3 most rows
with held as materialized (
    select q.id
    from offline_conversion_queue q
    where q.site_id = $1
      and q.provider_key = $2
      and q.status in ('QUEUED', 'RETRY')
      and q.last_error = 'CIRCUIT_OPEN'
    limit $3
    for update skip locked
)
update offline_conversion_queue q
set next_retry_at = null, last_error = null, updated_at = now()
where q.id = any (array(select h.id from held h))
