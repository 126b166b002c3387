-- What the receiver did not take: what waits after a failure, and what was given up within a week.
-- Locks: none. Reads the table as a whole: some hundred rows.
select count(*) filter (where a.given_up_at is null),
       count(*) filter (where a.given_up_at is not null),
       min(coalesce(a.first_failed_at, a.given_up_at)),
       (array_agg(a.last_error order by a.next_attempt_at desc))[1]
from operator_alerts a
where a.last_error is not null
  and (a.given_up_at > now() - interval '7 days' or a.given_up_at is null and a.closed_at is null)
