-- When each job last ended well. Locks: none. Three lines.
select t.job, t.ended_at
from worker_ticks t
order by t.job
