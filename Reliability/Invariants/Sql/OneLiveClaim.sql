-- A claim ends before the next begins, and an outcome is written by whoever holds the claim: a late worker changes
-- nothing. Recovery, which gives back to QUEUED and ends a row that was claimed 25 times, is anybody's.
with steps as (
    select a.*,
           lag(a.new_status) over w as before,
           lag(a.who) over w as claimer,
           lag(a.new_token) over w as held
    from audit_rows a
    window w as (partition by a.row_id order by a.id)
)
select format('row %s was claimed by %s while it was %s', s.row_id, s.who, s.before)
from steps s
where s.new_status = 'PROCESSING' and s.before not in ('QUEUED', 'RETRY')
union all
select format('row %s was claimed by %s and written as %s by %s', s.row_id, s.claimer, s.new_status, s.who)
from steps s
where s.old_status = 'PROCESSING' and s.new_status in ('COMPLETED', 'SUBMITTED', 'RETRY', 'FAILED')
  and s.who <> s.claimer
  and not (s.new_status = 'FAILED' and s.code = 'WORKER_ERROR' and s.at - s.old_claimed_at > interval '15 minutes')
union all
select format('row %s is %s under a claim', s.row_id, s.new_status)
from steps s
where s.new_status <> 'PROCESSING' and s.new_token is not null
union all
select format('row %s is PROCESSING without a claim', s.row_id)
from steps s
where s.new_status = 'PROCESSING' and s.new_token is null
limit 20
