-- The ledger's lines of a site and provider since a row was queued: the ledger names batches, not rows. Those of the row's
-- own request say so.
-- Each phase by its own index, in the order of time, no further than the lines that are shown: a site's ledger may be long.
-- Locks: none. Index: provider_upload_attempts_finished_idx, from its end, and _started_idx.
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
from (
    (select s.*
     from provider_upload_attempts s
     where s.site_id = $1 and s.provider_key = $2 and s.created_at >= $3 and s.phase = 'STARTED'
     order by s.created_at
     limit $5)
    union all
    (select f.*
     from provider_upload_attempts f
     where f.site_id = $1 and f.provider_key = $2 and f.created_at >= $3 and f.phase = 'FINISHED'
     order by f.created_at
     limit $5)
) a
order by a.created_at, a.phase desc
limit $5
