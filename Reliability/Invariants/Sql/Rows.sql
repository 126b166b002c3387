with all_rows as (
    select q.id, q.site_id, q.sale_id, q.gclid,
           -- Two sales of one click in one second: the later one goes out at a second of its own, which is kept before.
           q.conversion_time + make_interval(secs => coalesce(q.conversion_time_shift, 0)) as conversion_time, q.status,
           q.provider_error_code
    from offline_conversion_queue q
    union all
    select d.row_id, d.site_id, d.sale_id, d.gclid, d.conversion_time, 'DELETED', null
    from audit_deleted d
    where d.who = ''
)
select r.site_id,
       r.sale_id,
       r.gclid,
       r.conversion_time,
       r.status,
       coalesce(a.claims, 0) + (select count(*)::int from audit_lost_claims l where l.row_id = r.id) as claims,
       coalesce(a.left_behind, 0) as left_behind,
       r.provider_error_code,
       exists (select from sales s where s.id = r.sale_id and s.status = 'CANCELED') as canceled,
       (select s.amount_cents / 100.0 from sales s where s.id = r.sale_id) as value,
       exists (
           select
           from conversion_corrections c
           join sales s on s.id = r.sale_id
           where c.row_id = r.id and c.status = 'FAILED'
             and (c.provider_error_code = 'CONVERSION_RETRACTED'
                  or c.provider_error_code <> 'CORRECTION_REPLACED' and c.value_cents = s.amount_cents)) as correction_failed,
       (select coalesce(sum(c.claim_count), 0)::int from conversion_corrections c where c.row_id = r.id) as correction_claims
from all_rows r
left join (
    select a.row_id,
           count(*) filter (where a.new_status = 'PROCESSING')::int as claims,
           count(*) filter (where a.old_status = 'PROCESSING' and a.new_status = 'QUEUED')::int as left_behind
    from audit_rows a
    group by a.row_id
) a on a.row_id = r.id
