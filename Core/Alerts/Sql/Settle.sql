-- Writes whether the receiver took a message. If not, what it told is tried again after 1, 2, 4 … 60 minutes, or after what the receiver
-- asks for, for a day; what was given up and still stands is told once the receiver takes something again.
-- Locks: its rows, by id, while the lease is still ours; rows that were given up, or that wait, but for those that somebody holds.
-- Index: primary key; reads the table as a whole, some hundred rows.
-- $1 ids  $2 lease token  $3 why not, null when it was taken  $4 how long the receiver wants to be left alone, null when it does not say
with reopened as (
    update operator_alerts a
    set closed_at = null, given_up_at = null, attempts = 0, first_failed_at = null, last_error = null, next_attempt_at = now()
    where a.id in (
        select g.id
        from operator_alerts g
        where $3::text is null and g.given_up_at is not null and g.mended_at is null and g.id <> all ($1::uuid[])
        for update skip locked)
    returning a.id
),
postponed as (
    update operator_alerts a
    -- Once more before its day is over, all the same.
    set next_attempt_at = least(now() + $4::interval, coalesce(a.first_failed_at + interval '1 day', now() + $4))
    where a.id in (
        select w.id
        from operator_alerts w
        where w.closed_at is null and w.id <> all ($1) and w.next_attempt_at < now() + $4
        for update skip locked)
    returning a.id
),
ours as (
    -- In one order, as Note.sql: else two statements over the same rows could wait for each other.
    select a.id from operator_alerts a where a.id = any ($1) and a.lease_token = $2::uuid order by a.id for update
)
update operator_alerts a
set told_at = case when $3::text is null then coalesce(a.told_at, now()) else a.told_at end,
    closed_at = case
        when a.closed_at is not null then a.closed_at
        when $3 is null and a.told_at is not null and a.mended_at is not null then now()
        when $3 is not null and a.first_failed_at <= now() - interval '1 day' then now()
    end,
    given_up_at = case when $3 is not null and a.first_failed_at <= now() - interval '1 day' then now() end,
    attempts = case when $3 is null then 0 else a.attempts end,
    first_failed_at = case when $3 is not null then coalesce(a.first_failed_at, now()) end,
    last_error = $3,
    next_attempt_at = now() + case
        when $3 is null then interval '0'
        -- Not before the receiver wants it, and once more before the day is over.
        else greatest(
            least(60, 2 ^ least(a.attempts - 1, 6)) * interval '1 minute',
            case when $4 is not null then least($4, coalesce(a.first_failed_at, now()) + interval '1 day' - now()) end)
    end,
    lease_token = null,
    leased_until = null
where a.id in (select o.id from ours o)
