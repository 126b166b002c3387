-- Notes what needs a person now and what no longer does, as a status that was read at one moment says.
-- Workers note side by side: the open index lets one of them open an alert, and what is newer than the status is left alone.
-- Locks: rows that are mended, by id, or closed, each for the statement. Index: operator_alerts_open_key, operator_alerts_due_idx.
-- $1 site_ids  $2 provider_keys  $3 kinds  $4 rows  $5 codes  $6 when the status was read  $7 when each is to be told, if it stands then
with seen as materialized (
    select s.*
    from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $7::timestamptz[])
        as s (site_id, provider_key, kind, row_count, code, due_at)
),
gone as (
    -- In one order: workers that note the same would else wait for each other.
    select a.id
    from operator_alerts a
    where a.mended_at is null
      and a.since < $6::timestamptz
      -- A share of failures that goes to and fro at its limit is told once an hour, and not after every run.
      and (a.kind <> 'MANY_FAILED' or a.since < $6 - interval '1 hour')
      and not exists (
          select from seen s where s.site_id = a.site_id and s.provider_key = a.provider_key and s.kind = a.kind)
    order by a.id
    for update
),
mended as (
    -- A message under way is waited for; one that never got out needs no second. Of a site that needs a person for something else,
    -- only that is told.
    update operator_alerts a
    set mended_at = $6,
        next_attempt_at = $6,
        attempts = 0,
        first_failed_at = null,
        last_error = null,
        closed_at = case
            when a.told_at is null and coalesce(a.leased_until, '-infinity') < now()
                or exists (select from seen s where s.site_id = a.site_id and s.provider_key = a.provider_key and a.kind not like 'LATE\_%')
                then $6
        end
    where a.id in (select g.id from gone g)
    returning a.id
),
untold as (
    update operator_alerts a
    set closed_at = now()
    where a.closed_at is null and a.mended_at is not null and a.told_at is null and coalesce(a.leased_until, '-infinity') < now()
    returning a.id
),
old as (
    delete from operator_alerts a
    where a.closed_at < now() - interval '90 days'
    returning a.id
)
insert into operator_alerts (site_id, provider_key, kind, row_count, code, since, next_attempt_at)
select s.site_id, s.provider_key, s.kind, s.row_count, s.code, $6,
       -- A receiver that wants to be left alone is not asked for the sake of what is new.
       greatest(s.due_at, (select min(w.next_attempt_at) from operator_alerts w where w.closed_at is null and w.last_error is not null))
from seen s
-- Whoever isolated a site knows.
where s.kind <> 'ISOLATED'
  and not exists (
    select
    from operator_alerts a
    where a.site_id = s.site_id and a.provider_key = s.provider_key and a.kind = s.kind
      and (a.mended_at is null or a.mended_at >= $6))
-- In one order: who comes second waits for the key of the first.
order by s.site_id, s.provider_key, s.kind
on conflict (site_id, provider_key, kind) where mended_at is null do nothing
