-- Who did what by hand, and to how many rows. Append-only: not even its writers may change or remove a line.
create table public.operator_audit (
    id           bigint generated always as identity primary key,
    created_at   timestamptz not null default now(),
    -- The operator as the command line or the endpoint knows them; never a secret.
    actor        text not null,
    action       text not null,
    site_id      uuid,
    provider_key text,
    row_count    bigint not null,
    details      jsonb not null default '{}'
);

create index operator_audit_site_idx on public.operator_audit (site_id, created_at);

create function public.refuse_operator_audit_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    raise exception 'operator_audit is append-only' using errcode = 'insufficient_privilege';
end
$$;

create trigger operator_audit_append_only
    before update or delete or truncate on public.operator_audit
    for each statement execute function public.refuse_operator_audit_change();

-- An isolated circuit is OPEN until infinity. What was in flight when the operator isolated it may still succeed; that
-- must not close what a person opened. Apart from that condition the function is that of 0007.
create or replace function public.record_provider_outcome(
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
        where (h.state <> 'CLOSED' or h.failure_count <> 0)
          and not (h.state = 'OPEN' and h.next_probe_at is not distinct from 'infinity');
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

grant select, insert on public.operator_audit to service_role;
alter table public.operator_audit enable row level security;
create policy service_role_only on public.operator_audit for all to service_role using (true) with check (true);

do $$
declare
    v_role text;
begin
    for v_role in
        select 'public'
        union all
        select quote_ident(r.rolname) from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
    loop
        execute format('revoke all on public.operator_audit from %s', v_role);
        execute format('revoke execute on function public.refuse_operator_audit_change() from %s', v_role);
    end loop;
end
$$;
