-- Writes that a job ended well; Ticks.sql reads it. Locks: its one line.
-- $1 job
insert into worker_ticks as t (job, ended_at)
values ($1, now())
on conflict (job) do update set ended_at = excluded.ended_at
