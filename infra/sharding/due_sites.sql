-- The first half of a claim on distributed tables: which sites have rows due, and how many. It asks every node and
-- changes nothing; what it says is a hint, and the second half looks again under locks.
-- $1 provider_key  $2 most sites  $3 start of the ring
select q.site_id, count(*) as backlog
from offline_conversion_queue q
where q.provider_key = $1
  and q.site_id > $3
  and q.status in ('QUEUED', 'RETRY')
  and coalesce(q.next_retry_at, '-infinity') <= now()
group by q.site_id
order by q.site_id
limit $2
