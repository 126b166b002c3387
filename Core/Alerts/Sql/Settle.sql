-- Writes whether the receiver took a message. If not, it is tried again after 1, 2, 4 … 60 minutes, for a day; what was given up and
-- still stands is told once the receiver takes something again.
-- Locks: its row, while the lease is still ours; rows that were given up. Index: primary key; reads the table as a whole, some hundred rows.
-- $1 id  $2 lease token  $3 why not, null when it was taken
with reopened as (
    update operator_alerts a
    set closed_at = null, given_up_at = null, attempts = 0, first_failed_at = null, last_error = null, next_attempt_at = now()
    where $3::text is null and a.given_up_at is not null and a.mended_at is null and a.id <> $1::uuid
    returning a.id
)
update operator_alerts a
set told_at = case when $3::text is null then coalesce(a.told_at, now()) else a.told_at end,
    closed_at = case
        when a.closed_at is not null then a.closed_at
        when $3 is null and a.told_at is not null and a.mended_at is not null then now()
        when $3 is not null and a.first_failed_at < now() - interval '1 day' then now()
    end,
    given_up_at = case when $3 is not null and a.first_failed_at < now() - interval '1 day' then now() end,
    attempts = case when $3 is null then 0 else a.attempts end,
    first_failed_at = case when $3 is not null then coalesce(a.first_failed_at, now()) end,
    last_error = $3,
    next_attempt_at = case when $3 is null then now() else now() + least(60, 2 ^ least(a.attempts - 1, 6)) * interval '1 minute' end,
    lease_token = null,
    leased_until = null
where a.id = $1::uuid and a.lease_token = $2::uuid
