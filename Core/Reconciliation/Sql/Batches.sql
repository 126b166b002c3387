-- The uploads that the provider names by our numbers. The number is that of JobIds.Of, in SQL: the first 32 bits of claim
-- and site, one over the other, without the sign.
-- Locks: none. Index: provider_upload_attempts_finished_idx. Cost: a site's batches of the window.
-- $1 site_id  $2 provider_key  $3 not before  $4 numbers
select b.job, a.batch_id, a.created_at, coalesce(a.completed_count, 0)
from provider_upload_attempts a
cross join lateral (
    select case
               when a.batch_id ~ '^[0-9a-f]{8}-'
                   then greatest((('x' || left(a.batch_id, 8))::bit(32) # ('x' || left(a.site_id::text, 8))::bit(32))::int
                                 & 2147483647, 1)
           end as job
) b
where a.site_id = $1
  and a.provider_key = $2
  and a.phase = 'FINISHED'
  and a.created_at >= $3
  and b.job = any ($4)
order by a.created_at desc
