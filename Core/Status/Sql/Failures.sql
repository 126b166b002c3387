-- The latest failed rows. Locks: none. Index: offline_conversion_queue_failed_idx, from its end.
-- $1 most rows
select q.id,
       q.sale_id,
       q.site_id,
       q.provider_key,
       q.updated_at,
       q.provider_error_code,
       q.provider_error_category,
       left(q.last_error, 300)
from offline_conversion_queue q
where q.status = 'FAILED'
order by q.updated_at desc
limit $1
