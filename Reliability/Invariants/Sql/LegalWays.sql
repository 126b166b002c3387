-- Each change of status is one of the state diagram's, and only a waiting row is claimed. One whose sale was canceled ends
-- while it waits.
select format('row %s went from %s to %s by %s', a.row_id, a.old_status, a.new_status, a.who)
from audit_rows a
where a.old_status is not null
  and (a.old_status, a.new_status) not in (
      ('QUEUED', 'PROCESSING'), ('RETRY', 'PROCESSING'),
      ('PROCESSING', 'COMPLETED'), ('PROCESSING', 'SUBMITTED'), ('PROCESSING', 'RETRY'), ('PROCESSING', 'FAILED'),
      ('PROCESSING', 'QUEUED'), ('SUBMITTED', 'COMPLETED'), ('SUBMITTED', 'RETRY'), ('SUBMITTED', 'FAILED'),
      ('FAILED', 'QUEUED'))
  and not (a.old_status in ('QUEUED', 'RETRY') and a.new_status = 'FAILED' and a.code = 'SALE_CANCELED')
limit 20
