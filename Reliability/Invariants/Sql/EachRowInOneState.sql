-- What was queued is still there, unless its sale or site was deleted, in a state that the worker knows, and after a full drain none is under way.
select format('row %s is missing', a.row_id)
from audit_rows a
left join offline_conversion_queue q on q.id = a.row_id
where a.old_status is null and q.id is null
  and not exists (select from audit_deleted d where d.row_id = a.row_id and d.who = '')
union all
select format('row %s is still %s (%s, %s attempts)', q.id, q.status, q.provider_error_code, q.retry_count)
from offline_conversion_queue q
where q.status not in ('COMPLETED', 'FAILED')
limit 20
