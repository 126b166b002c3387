-- What failed within a day by cause, each with its latest row as an example; of very many, the latest ones.
-- Locks: none. Index: offline_conversion_queue_failed_idx, from its end; the primary key for the examples.
-- $1 most rows to look at
with failed as materialized (
    select q.id, q.site_id, q.updated_at, q.provider_error_category, q.provider_error_code
    from offline_conversion_queue q
    where q.status = 'FAILED' and q.updated_at > now() - interval '1 day' and q.sale_id is not null
    order by q.updated_at desc
    limit $1
)
select c.total,
       c.sites,
       q.id,
       q.sale_id,
       q.site_id,
       q.provider_key,
       q.updated_at,
       q.provider_error_code,
       q.provider_error_category,
       left(q.last_error, 300)
from (
    select count(*) as total,
           count(distinct f.site_id) as sites,
           (array_agg(f.id order by f.updated_at desc))[1] as id,
           (array_agg(f.site_id order by f.updated_at desc))[1] as site_id
    from failed f
    group by f.provider_error_category, f.provider_error_code
) c
join offline_conversion_queue q on q.site_id = c.site_id and q.id = c.id
order by c.total desc, q.updated_at desc
