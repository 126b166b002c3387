select q.site_id,
       q.sale_id,
       q.gclid,
       q.conversion_time,
       q.status,
       coalesce(a.claims, 0) as claims,
       coalesce(a.left_behind, 0) as left_behind
from offline_conversion_queue q
left join (
    select a.row_id,
           count(*) filter (where a.new_status = 'PROCESSING')::int as claims,
           count(*) filter (where a.old_status = 'PROCESSING' and a.new_status = 'QUEUED')::int as left_behind
    from audit_rows a
    group by a.row_id
) a on a.row_id = q.id
