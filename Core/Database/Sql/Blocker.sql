-- The oldest transaction that a session waits for. A login without pg_read_all_stats sees of others' only process and name.
-- Locks: none.
-- $1 process id of the session that waits
with blockers as (
    select distinct b.pid from unnest(pg_blocking_pids($1)) as b (pid)
)
select case
           when b.pid = 0 then 'a prepared transaction (pg_prepared_xacts)'
           else concat('process ', b.pid, ' (', concat_ws(', ',
                    'login ' || a.usename,
                    nullif(a.application_name, ''),
                    a.state,
                    'in a transaction since ' || to_char(a.xact_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') || 'Z'), ')')
       end
from blockers b
left join pg_catalog.pg_stat_activity a on a.pid = b.pid
order by a.xact_start
limit 1
