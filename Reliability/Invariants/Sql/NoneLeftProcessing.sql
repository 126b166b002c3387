-- No row is PROCESSING for longer than the recovery's age of 15 minutes and one interval of 30: by the database's clock,
-- but for the jumps that a scenario makes it take.
select format('row %s was PROCESSING for %s', a.row_id, a.at - a.old_claimed_at)
from audit_rows a
where a.old_status = 'PROCESSING' and a.at - a.old_claimed_at > interval '45 minutes'
  and not exists (
      select
      from audit_clock_jumps j
      where a.at - a.old_claimed_at - j.shift between interval '0' and interval '45 minutes')
union all
select format('row %s is PROCESSING since %s', q.id, q.claimed_at)
from offline_conversion_queue q
where q.status = 'PROCESSING' and q.claimed_at < now() - interval '45 minutes'
limit 20
