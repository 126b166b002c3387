-- The ledger's lines of a site and provider since a row was queued: the ledger names batches, not rows. Those of the row's
-- own request say so.
-- Locks: none. Index: provider_upload_attempts_finished_idx or _created_idx.
-- $1 site  $2 provider_key  $3 since  $4 request id or null  $5 most lines
select a.created_at,
       a.phase,
       a.claimed_count,
       a.completed_count,
       a.submitted_count,
       a.retry_count,
       a.failed_count,
       a.duration_ms,
       a.provider_request_id,
       a.error_code,
       a.error_category,
       coalesce(a.provider_request_id = $4, false) as own
from provider_upload_attempts a
where a.site_id = $1 and a.provider_key = $2 and a.created_at >= $3
order by a.created_at, a.phase desc
limit $5
