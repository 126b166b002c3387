-- Leases what one message tells, to one worker for a minute: that something needs a person or that it was mended, whichever is due
-- longest. Of sites, all others of the same sort that are due come with it where they are too many for a message each.
-- Locks: its rows. The first one is waited for, so that who comes second finds it taken, and goes without; had it gone on to the next,
-- it would have taken a part of them, or waited for a Settle.sql that waits for it. Index: operator_alerts_due_idx.
-- $1 lease token  $2 how many of one sort are told one by one
with head as materialized (
    select d.id
    from operator_alerts d
    where d.closed_at is null
      and (d.told_at is null) = (d.mended_at is null)
      and d.next_attempt_at <= now()
      and coalesce(d.leased_until, '-infinity') < now()
    -- What stops every site is told before what stops one.
    order by d.kind like 'LATE\_%' desc, d.next_attempt_at, d.id
    limit 1
),
first as materialized (
    select d.id, d.kind like 'LATE\_%' as is_late, d.mended_at is not null as is_mended
    from operator_alerts d
    where d.id = (select h.id from head h)
      and d.closed_at is null
      and (d.told_at is null) = (d.mended_at is null)
      and d.next_attempt_at <= now()
      and coalesce(d.leased_until, '-infinity') < now()
    for update
),
same as materialized (
    select d.id
    from first f
    join operator_alerts d on d.id <> f.id and (d.mended_at is not null) = f.is_mended
    where not f.is_late
      and d.kind not like 'LATE\_%'
      and d.closed_at is null
      and (d.told_at is null) = (d.mended_at is null)
      and d.next_attempt_at <= now()
      and coalesce(d.leased_until, '-infinity') < now()
    limit 10000
    for update of d skip locked
)
update operator_alerts a
set lease_token = $1::uuid, leased_until = now() + interval '1 minute', attempts = a.attempts + 1
where a.id in (
    select f.id from first f
    union all
    select s.id from same s where (select count(*) from same) >= $2::int)
returning a.id, a.site_id, a.provider_key, a.kind, a.row_count, a.code, a.since, a.mended_at
