-- Leases the message that is due longest, to one worker for a minute: that a site needs a person, or that it was mended.
-- Locks: its row; skip locked, so workers take different ones. Index: operator_alerts_due_idx.
-- $1 lease token
update operator_alerts a
set lease_token = $1::uuid, leased_until = now() + interval '1 minute', attempts = a.attempts + 1
where a.id = (
    select d.id
    from operator_alerts d
    where d.closed_at is null
      and (d.told_at is null) = (d.mended_at is null)
      and d.next_attempt_at <= now()
      and coalesce(d.leased_until, '-infinity') < now()
    -- What stops every site is told before what stops one.
    order by d.kind like 'LATE\_%' desc, d.next_attempt_at
    limit 1
    for update skip locked)
returning a.id, a.site_id, a.provider_key, a.kind, a.row_count, a.code, a.since, a.mended_at
