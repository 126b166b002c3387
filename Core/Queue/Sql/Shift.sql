-- Keeps by how many seconds rows of a claim are sent later than they were, before they are sent.
-- Locks: its own PROCESSING rows. Index: primary key.
-- $1 claim token  $2 site_id  $3 ids  $4 seconds
update offline_conversion_queue q
set conversion_time_shift = s.seconds,
    updated_at = now()
from unnest($3::uuid[], $4::smallint[]) s (id, seconds)
where q.site_id = $2
  and q.id = s.id
  and q.claim_token = $1
  and q.status is not distinct from 'PROCESSING'
