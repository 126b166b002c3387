-- An attempt is spent one at a time, by an outcome alone: not by a claim, a release, a recovery or a wait. Never above
-- seven since the row was queued or re-queued.
select format('row %s spent %s attempts from %s to %s by %s', a.row_id, a.spent, a.old_status, a.new_status, a.who)
from audit_rows a
where a.spent <> 0
  and a.who <> ''
  and not (a.spent = 1 and a.old_status in ('PROCESSING', 'SUBMITTED') and a.new_status in ('RETRY', 'FAILED'))
union all
select format('row %s has %s attempts', q.id, q.retry_count)
from offline_conversion_queue q
where q.retry_count not between 0 and 7
limit 20
