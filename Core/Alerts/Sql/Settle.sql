-- Writes whether the receiver took a message. If not, it is tried again after 1, 2, 4 … 60 minutes, for a day.
-- Locks: its row, while the lease is still ours. Index: primary key.
-- $1 id  $2 lease token  $3 why not, null when it was taken
update operator_alerts a
set told_at = case when $3::text is null then coalesce(a.told_at, now()) else a.told_at end,
    closed_at = case
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
