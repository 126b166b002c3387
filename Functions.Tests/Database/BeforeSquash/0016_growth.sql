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

-- The two functions that every write-back calls, in words that a distributed PostgreSQL (Citus) takes as well: there an
-- upsert or a case may not call now(), an update may not call random(), and only PL/pgSQL runs beside its site's rows.
-- What they do is what they did in 0008 and 0013.
create or replace function public.increment_provider_upload_metrics(
    p_site_id uuid,
    p_provider_key text,
    p_attempts_delta bigint,
    p_completed_delta bigint,
    p_failed_delta bigint,
    p_retry_delta bigint)
returns void
language plpgsql
set search_path = ''
as $$
begin
    insert into public.provider_upload_metrics as m
        (site_id, provider_key, attempts_total, completed_total, failed_total, retry_total)
    values
        (p_site_id, p_provider_key, greatest(p_attempts_delta, 0), greatest(p_completed_delta, 0),
         greatest(p_failed_delta, 0), greatest(p_retry_delta, 0))
    on conflict (site_id, provider_key) do update
    set attempts_total  = m.attempts_total + excluded.attempts_total,
        completed_total = m.completed_total + excluded.completed_total,
        failed_total    = m.failed_total + excluded.failed_total,
        retry_total     = m.retry_total + excluded.retry_total,
        updated_at      = excluded.updated_at;
end
$$;

create or replace function public.record_provider_outcome(
    p_site_id uuid, p_provider_key text, p_is_success boolean, p_is_transient boolean)
returns void
language plpgsql
set search_path = ''
as $$
declare
    c_threshold constant int := 5;
    -- The random minute keeps a thousand sites from probing a provider that just came back in the same second.
    v_now constant timestamptz := now();
    v_probe_at constant timestamptz := v_now + interval '5 minutes' + random() * interval '60 seconds';
begin
    if p_is_success then
        insert into public.provider_health_state as h (site_id, provider_key)
        values (p_site_id, p_provider_key)
        on conflict (site_id, provider_key) do update
        set state = 'CLOSED',
            failure_count = 0,
            opened_at = null,
            next_probe_at = null,
            probe_token = null,
            probe_lease_until = null,
            updated_at = excluded.updated_at
        where (h.state <> 'CLOSED' or h.failure_count <> 0)
          and not (h.state = 'OPEN' and h.next_probe_at is not distinct from 'infinity');
    elsif p_is_transient then
        insert into public.provider_health_state (site_id, provider_key)
        values (p_site_id, p_provider_key)
        on conflict (site_id, provider_key) do nothing;

        update public.provider_health_state h
        set failure_count = h.failure_count + 1, last_failure_at = v_now, updated_at = v_now
        where h.site_id = p_site_id and h.provider_key = p_provider_key;

        update public.provider_health_state h
        set state = 'OPEN',
            opened_at = case when h.state = 'HALF_OPEN' then coalesce(h.opened_at, v_now) else v_now end,
            next_probe_at = v_probe_at,
            probe_token = null,
            probe_lease_until = null
        where h.site_id = p_site_id
          and h.provider_key = p_provider_key
          and (h.state = 'HALF_OPEN' or (h.state = 'CLOSED' and h.failure_count >= c_threshold));
    end if;
end
$$;
