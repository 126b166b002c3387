-- What the worker needs to send what was sold: hashed identifiers, and a second of its own for each sale of a click.
-- Locks: the whole table, for a moment; columns without a default rewrite no rows.
alter table public.offline_conversion_queue
    -- Written by newer dashboards: {"hashed_email": …, "hashed_phone_number": …}, or an array of {"type", "value"}.
    add column if not exists user_identifiers      jsonb,
    -- Seconds by which the conversion's time is sent later than it was, 1 to 60: Google counts one conversion per action,
    -- click and second. Null: as it was.
    add column if not exists conversion_time_shift smallint;
