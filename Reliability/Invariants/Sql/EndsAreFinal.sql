-- COMPLETED and FAILED never change, except FAILED by an operator's re-queue.
select format('row %s went from %s to %s by %s', a.row_id, a.old_status, a.new_status, a.who)
from audit_rows a
where a.old_status in ('COMPLETED', 'FAILED')
  and a.old_status <> a.new_status
  and not (a.who = '' and a.old_status = 'FAILED' and a.new_status = 'QUEUED')
limit 20
