-- An accepted request is not yet a completed conversion: its rows wait as SUBMITTED until the provider says what became
-- of them. A status check of any name is replaced; every row satisfied the narrower one.
do $$
declare
    v_name name;
begin
    for v_name in
        select c.conname
        from pg_catalog.pg_constraint c
        join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
        where c.conrelid = 'public.offline_conversion_queue'::regclass
          and c.contype = 'c'
          and a.attname = 'status'
    loop
        execute format('alter table public.offline_conversion_queue drop constraint %I', v_name);
    end loop;
end
$$;

alter table public.offline_conversion_queue
    add constraint offline_conversion_queue_status_check
        check (status in ('QUEUED', 'PROCESSING', 'SUBMITTED', 'COMPLETED', 'RETRY', 'FAILED')) not valid,
    add column if not exists submitted_at  timestamptz,
    -- The row's place in the request provider_request_id names, from 0.
    add column if not exists request_index int;

alter table public.provider_upload_metrics add column if not exists submitted_total bigint not null default 0;
alter table public.provider_upload_attempts add column if not exists submitted_count int;

-- One row per accepted request: when to ask, who is asking, and when it was settled.
create table public.provider_upload_requests (
    site_id       uuid not null,
    provider_key  text not null,
    request_id    text not null,
    submitted_at  timestamptz not null default now(),
    next_check_at timestamptz not null,
    check_count   int not null default 0,
    lease_token   uuid,
    lease_until   timestamptz,
    settled_at    timestamptz,
    primary key (site_id, provider_key, request_id)
);

create index provider_upload_requests_due_idx
    on public.provider_upload_requests (provider_key, next_check_at)
    where settled_at is null;

create index offline_conversion_queue_submitted_idx
    on public.offline_conversion_queue (site_id, provider_key, provider_request_id)
    where status = 'SUBMITTED';

-- The counters of a write-back. Those that operators know keep their function; a submission is an attempt, and what
-- becomes of it is counted when it is settled.
create function public.count_provider_upload(
    p_site_id uuid,
    p_provider_key text,
    p_attempts bigint,
    p_completed bigint,
    p_failed bigint,
    p_retry bigint,
    p_submitted bigint)
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform public.increment_provider_upload_metrics(
        p_site_id, p_provider_key, p_attempts, p_completed, p_failed, p_retry);
    if p_submitted > 0 then
        update public.provider_upload_metrics m
        set submitted_total = m.submitted_total + p_submitted
        where m.site_id = p_site_id and m.provider_key = p_provider_key;
    end if;
end
$$;

grant select, insert, update on public.provider_upload_requests to service_role;
alter table public.provider_upload_requests enable row level security;
create policy service_role_only on public.provider_upload_requests
    for all to service_role using (true) with check (true);

do $$
declare
    v_role text;
begin
    for v_role in
        select 'public'
        union all
        select quote_ident(r.rolname) from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
    loop
        execute format('revoke all on public.provider_upload_requests from %s', v_role);
        execute format(
            'revoke execute on function public.count_provider_upload(uuid, text, bigint, bigint, bigint, bigint, bigint) '
            'from %s', v_role);
    end loop;
end
$$;
grant execute on function public.count_provider_upload(uuid, text, bigint, bigint, bigint, bigint, bigint)
    to service_role;
