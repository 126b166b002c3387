-- A correction is claimed after its upload, one of a row at a time; its outcome is written by whoever holds the claim; its moment
-- stays, unless a newer state of the sale takes its place.
with steps as (
    select a.*, lag(a.who) over (partition by a.correction_id order by a.id) as claimer
    from audit_corrections a
)
select format('a correction of row %s was claimed while the row was %s %s', s.row_id, s.row_status, s.row_code)
from steps s
where s.new_status = 'PROCESSING' and s.old_status <> 'PROCESSING'
  and s.row_status <> 'COMPLETED'
  and not (s.row_status = 'FAILED' and s.row_code = 'SALE_CANCELED')
union all
select format('a correction of row %s was claimed beside another', s.row_id)
from steps s
where s.new_status = 'PROCESSING' and s.others > 0
union all
select format('a correction of row %s was claimed by %s and written as %s by %s', s.row_id, s.claimer, s.new_status, s.who)
from steps s
where s.old_status = 'PROCESSING' and s.new_status in ('COMPLETED', 'RETRY') and s.who <> s.claimer
union all
select format('a correction of row %s has another moment and the same state', s.row_id)
from steps s
where s.old_moment <> s.new_moment and s.same_state
limit 20
