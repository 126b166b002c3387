-- Takes a part of the requests that a project may send in this minute of the server's clock, and of the day.
-- Locks: the project's one line, for this statement. An existing line is changed by the time that is read behind the lock: callers
-- that wait for each other never go back a minute.
-- $1 project, $2 kind, $3 requests a minute, $4 requests a day, $5 how many are wanted; none: only to give back
-- $6 of the caller's last lease never sent, $7 the day of that lease, $8 its minute: they go back to the day, and to the minute if a
-- process stops within it.
insert into provider_request_limits as l (project, kind, minute, minute_taken, day, day_taken, granted)
select $1,
       $2,
       date_trunc('minute', c.at),
       least($5, $3, $4),
       (c.at at time zone 'America/Los_Angeles')::date,
       least($5, $3, $4),
       least($5, $3, $4)
from (select clock_timestamp() as at) c
on conflict (project, kind) do update
set (minute, minute_taken, day, day_taken, granted) = (
    select g.minute, g.minute_taken + g.granted, g.day, g.day_taken + g.granted, g.granted
    from (
        select t.minute, t.minute_taken, t.day, t.day_taken,
               greatest(0, least($5, $3 - t.minute_taken, $4 - t.day_taken)) as granted
        from (
            select w.minute,
                   case when l.minute <> w.minute then 0
                        when $8 = w.minute then greatest(0, l.minute_taken - $6)
                        else l.minute_taken
                   end as minute_taken,
                   w.day,
                   case when l.day <> w.day then 0
                        when $7 = w.day then greatest(0, l.day_taken - $6)
                        else l.day_taken
                   end as day_taken
            from (
                select date_trunc('minute', c.at) as minute, (c.at at time zone 'America/Los_Angeles')::date as day
                from (select clock_timestamp() as at) c
            ) w
        ) t
    ) g
)
returning l.granted,
          l.minute + interval '1 minute' - clock_timestamp() as minute_left,
          l.day,
          case when l.day_taken >= $4
               then (l.day + 1)::timestamp at time zone 'America/Los_Angeles' - clock_timestamp()
          end as day_gone_for,
          l.minute
