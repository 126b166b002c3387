-- A site's latest batches as the ledger has them.
-- Locks: none. Index: provider_upload_attempts_finished_idx.
-- $1 site_id  $2 provider_key  $3 most batches
select a.created_at,
       coalesce(a.claimed_count, 0),
       coalesce(a.completed_count, 0),
       coalesce(a.submitted_count, 0),
       coalesce(a.retry_count, 0),
       coalesce(a.failed_count, 0),
       a.duration_ms,
       a.provider_request_id,
       a.error_code,
       a.error_category
from provider_upload_attempts a
where a.site_id = $1 and a.provider_key = $2 and a.phase = 'FINISHED'
order by a.created_at desc
limit $3
