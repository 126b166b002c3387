-- What a requeue would touch, by status and reason. The conditions are those of Requeue.sql, in the same words.
-- Locks: none. Index: the unique key on sale_id when sales are named; otherwise one pass over the queue.
-- $1 site or null  $2 provider_key  $3 statuses  $4 category or null  $5 code or null  $6 since or null  $7 sale ids or null
select q.status, q.provider_error_category, q.provider_error_code, count(*)
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
group by q.status, q.provider_error_category, q.provider_error_code
order by count(*) desc, q.status, q.provider_error_category, q.provider_error_code
