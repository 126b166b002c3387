-- Failures of the last hour by category and code; of very many, the latest ones.
-- Locks: none. Index: offline_conversion_queue_failed_idx, from its end.
-- $1 most rows to look at
select f.provider_error_category, f.provider_error_code, count(*), count(distinct f.site_id)
from (
    select q.provider_error_category, q.provider_error_code, q.site_id
    from offline_conversion_queue q
    where q.status = 'FAILED' and q.updated_at > now() - interval '1 hour'
    order by q.updated_at desc
    limit $1
) f
group by 1, 2
order by 3 desc, 1, 2
