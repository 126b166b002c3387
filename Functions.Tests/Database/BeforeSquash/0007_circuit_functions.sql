-- The circuit of a (site, provider), kept in the database so that all workers share it. The older functions may differ
-- in return type or parameter names, which "or replace" refuses, so they are dropped first.
drop function if exists public.record_provider_outcome(uuid, text, boolean, boolean);
drop function if exists public.get_provider_health_state(uuid, text);
drop function if exists public.set_provider_state_half_open(uuid, text);

-- One call per uploaded batch. Success closes from any state; five transient failures in a row open; one of a probe
-- opens again; permanent failures say nothing about the provider's health.
create function public.record_provider_outcome(
    p_site_id uuid, p_provider_key text, p_is_success boolean, p_is_transient boolean)
returns void
language plpgsql
set search_path = ''
as $$
declare
    c_threshold constant int := 5;
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
            updated_at = now()
        where h.state <> 'CLOSED' or h.failure_count <> 0;
    elsif p_is_transient then
        insert into public.provider_health_state (site_id, provider_key)
        values (p_site_id, p_provider_key)
        on conflict (site_id, provider_key) do nothing;

        update public.provider_health_state h
        set failure_count = h.failure_count + 1, last_failure_at = now(), updated_at = now()
        where h.site_id = p_site_id and h.provider_key = p_provider_key;

        -- The random minute keeps a thousand sites from probing a provider that just came back in the same second.
        update public.provider_health_state h
        set state = 'OPEN',
            opened_at = now(),
            next_probe_at = now() + interval '5 minutes' + random() * interval '60 seconds',
            probe_token = null,
            probe_lease_until = null
        where h.site_id = p_site_id
          and h.provider_key = p_provider_key
          and (h.state = 'HALF_OPEN' or (h.state = 'CLOSED' and h.failure_count >= c_threshold));
    end if;
end
$$;

-- What a write-back says of its batch: the outcome, and that the batch's probe, if it was one, is over.
create function public.settle_provider_circuit(
    p_site_id uuid, p_provider_key text, p_claim_token uuid, p_is_success boolean, p_is_transient boolean)
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform public.record_provider_outcome(p_site_id, p_provider_key, p_is_success, p_is_transient);

    update public.provider_health_state h
    set probe_token = null, probe_lease_until = null, updated_at = now()
    where h.site_id = p_site_id and h.provider_key = p_provider_key and h.probe_token = p_claim_token;
end
$$;

-- Takes the one probe of a group that is not CLOSED, if it is time and nobody has it. A probe that dies is free again when
-- its lease ends. The row is skipped, not waited for, while another claim has it, so two claims cannot deadlock.
create function public.take_provider_probe(
    p_site_id uuid, p_provider_key text, p_claim_token uuid, p_run_id uuid, p_lease interval)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
    perform
    from public.provider_health_state h
    where h.site_id = p_site_id
      and h.provider_key = p_provider_key
      and ((h.state = 'OPEN' and coalesce(h.next_probe_at, '-infinity') <= now())
           or (h.state = 'HALF_OPEN' and coalesce(h.probe_lease_until, '-infinity') <= now()))
    for update skip locked;
    if not found then
        return false;
    end if;

    update public.provider_health_state h
    set state = 'HALF_OPEN',
        probe_token = p_claim_token,
        probe_lease_until = now() + p_lease,
        probe_run_id = p_run_id,
        updated_at = now()
    where h.site_id = p_site_id and h.provider_key = p_provider_key;
    return true;
end
$$;

create function public.get_provider_health_state(p_site_id uuid, p_provider_key text)
returns public.provider_health_state
language plpgsql
set search_path = ''
as $$
declare
    v_row public.provider_health_state;
begin
    insert into public.provider_health_state (site_id, provider_key)
    values (p_site_id, p_provider_key)
    on conflict (site_id, provider_key) do nothing;

    select h.* into v_row
    from public.provider_health_state h
    where h.site_id = p_site_id and h.provider_key = p_provider_key;
    return v_row;
end
$$;

-- By hand: probe now, whatever the circuit was. The next claim takes the probe's lease.
create function public.set_provider_state_half_open(p_site_id uuid, p_provider_key text)
returns void
language plpgsql
set search_path = ''
as $$
begin
    insert into public.provider_health_state (site_id, provider_key, state)
    values (p_site_id, p_provider_key, 'HALF_OPEN')
    on conflict (site_id, provider_key) do update
    set state = 'HALF_OPEN', probe_token = null, probe_lease_until = null, updated_at = now();
end
$$;
