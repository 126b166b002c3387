-- What the growth benchmark asked for (docs/scale.md has the figures).

-- Every claim and write-back of a row adds its key to the primary key's index again. Random keys touch one page of that
-- index per row, and with ten million rows of history nearly every one is a page nobody else touches; keys in the order
-- of time (UUID version 7: 48 bits of milliseconds, then random ones) share the newest pages. Old keys stay as they are.
-- An expression and no function: whoever may insert a row need not be allowed to call anything.
alter table public.offline_conversion_queue
    alter column id set default
        encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
            placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
            from 1 for 6), 52, 1), 53, 1), 'hex')::uuid;

alter table public.provider_upload_attempts
    alter column id set default
        encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
            placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
            from 1 for 6), 52, 1), 53, 1), 'hex')::uuid;
