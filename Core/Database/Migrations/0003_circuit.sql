-- The circuit of a group (a site and a provider), kept in the database so that all workers share it.
do $$
begin
    create type public.provider_circuit_state as enum ('CLOSED', 'OPEN', 'HALF_OPEN');
exception
    when duplicate_object then null;
end
$$;

create table if not exists public.provider_health_state (
    site_id           uuid not null,
    provider_key      text not null,
    state             public.provider_circuit_state not null default 'CLOSED',
    failure_count     int not null default 0,
    last_failure_at   timestamptz,
    opened_at         timestamptz,
    -- Infinity: an operator isolated the group, and only an operator closes it.
    next_probe_at     timestamptz,
    -- How many rows a probe may send.
    probe_limit       int not null default 5,
    updated_at        timestamptz not null default now(),
    -- The claim that holds the one live probe, until when, and the run that may not claim the group again.
    probe_token       uuid,
    probe_lease_until timestamptz,
    probe_run_id      uuid,
    primary key (site_id, provider_key)
);

-- What an older table lacks.
-- Locks: the whole table, for a moment.
alter table public.provider_health_state
    add column if not exists probe_token       uuid,
    add column if not exists probe_lease_until timestamptz,
    add column if not exists probe_run_id      uuid;

-- The claim finds the circuits whose probe is due.
create index if not exists provider_health_state_open_idx
    on public.provider_health_state (provider_key, next_probe_at)
    where state = 'OPEN';

-- The dashboard's own functions of these names ask for the JWT's role, which a direct connection does not carry, and may
-- differ in return type or parameter names, which "or replace" refuses. Ours are replaced in place, so that they keep the
-- rights that an operator granted.
do $$
declare
    v_function regprocedure;
begin
    for v_function in
        select p.oid
        from pg_catalog.pg_proc p
        where p.oid in (
                to_regprocedure('public.record_provider_outcome(uuid, text, boolean, boolean)'),
                to_regprocedure('public.get_provider_health_state(uuid, text)'),
                to_regprocedure('public.set_provider_state_half_open(uuid, text)'))
          and (p.prosecdef or p.proconfig is distinct from array['search_path=""'])
    loop
        execute format('drop function %s', v_function);
    end loop;
end
$$;

-- One call per uploaded batch. Success closes from any state but that of an isolated group: what was in flight when the
-- operator isolated it must not close what a person opened. Five transient failures in a row open; one of a probe opens
-- again, and opened_at stays, so that an outage of a day looks like one, not like many of five minutes. Permanent failures
-- say nothing about the provider's health.
-- Locks: the group's row, until the write-back commits.
-- A distributed PostgreSQL (Citus) takes these statements as well: there an upsert or a case may not call now(), an update
-- may not call random(), and only PL/pgSQL runs beside its site's rows.
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

-- What a write-back says of its batch: the outcome, and that the batch's probe, if it was one, is over.
-- Locks: the group's row.
create or replace function public.settle_provider_circuit(
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

-- Takes the one probe of a group that is not CLOSED, if it is due and no worker has it. The probe of a worker that died is
-- free again when its lease ends.
-- Locks: the group's row. It is skipped, not waited for, while another claim has it, so two claims cannot deadlock.
create or replace function public.take_provider_probe(
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

-- For operators and dashboards: the group's row, made if missing.
create or replace function public.get_provider_health_state(p_site_id uuid, p_provider_key text)
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

-- For operators: probe now, whatever the circuit was. The next claim takes the probe's lease.
create or replace function public.set_provider_state_half_open(p_site_id uuid, p_provider_key text)
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

-- service_role alone: other roles lose what the database's default privileges give them.
do $$
declare
    v_role     text;
    v_function text;
begin
    for v_role in
        select 'public'
        union all
        select quote_ident(r.rolname) from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
    loop
        execute format('revoke all on public.provider_health_state from %s', v_role);
        foreach v_function in array array[
            'record_provider_outcome(uuid, text, boolean, boolean)',
            'settle_provider_circuit(uuid, text, uuid, boolean, boolean)',
            'take_provider_probe(uuid, text, uuid, uuid, interval)',
            'get_provider_health_state(uuid, text)',
            'set_provider_state_half_open(uuid, text)']
        loop
            execute format('revoke execute on function public.%s from %s', v_function, v_role);
        end loop;
    end loop;
end
$$;

grant select, insert, update on public.provider_health_state to service_role;
grant execute on function
    public.record_provider_outcome(uuid, text, boolean, boolean),
    public.settle_provider_circuit(uuid, text, uuid, boolean, boolean),
    public.take_provider_probe(uuid, text, uuid, uuid, interval),
    public.get_provider_health_state(uuid, text),
    public.set_provider_state_half_open(uuid, text)
    to service_role;
alter table public.provider_health_state enable row level security;
drop policy if exists service_role_only on public.provider_health_state;
create policy service_role_only on public.provider_health_state
    for all to service_role using (true) with check (true);
