-- The backlog of the last day as the runs left it: the highest of each ten minutes.
-- Locks: none. Index: primary key; some thousand lines at most.
select s.provider_key,
       to_timestamp(floor(extract(epoch from s.taken_at) / 600) * 600) as at,
       max(s.waiting) as waiting,
       coalesce(max(extract(epoch from s.taken_at - s.oldest_at)), 0)::float8 as oldest_age
from provider_backlog_samples s
where s.taken_at > now() - interval '1 day'
group by 1, 2
order by 1, 2
