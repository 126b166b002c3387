-- What operators are told of by a webhook: one row for each time that a site came to need a person, or a job was late.
-- Locks: its own table, which only a script that runs once more finds in use.
create table if not exists public.operator_alerts (
    id              uuid not null default gen_random_uuid() primary key,
    -- All zeros: not of one site.
    site_id         uuid not null,
    -- Empty: not of one provider.
    provider_key    text not null,
    -- The need, as REVOKED, or the job that is late, as LATE_UPLOAD.
    kind            text not null,
    row_count       bigint not null,
    -- The error code behind it; null where none says.
    code            text,
    since           timestamptz not null,
    mended_at       timestamptz,
    -- The first message was taken.
    told_at         timestamptz,
    -- Nothing is left to be told.
    closed_at       timestamptz,
    attempts        int not null default 0,
    -- Of the message under way; null while none failed.
    first_failed_at timestamptz,
    next_attempt_at timestamptz not null default now(),
    lease_token     uuid,
    leased_until    timestamptz,
    last_error      text,
    -- The receiver took nothing for a day.
    given_up_at     timestamptz
);

-- Whoever finds a need opens it, and once.
create unique index if not exists operator_alerts_open_key
    on public.operator_alerts (site_id, provider_key, kind)
    where mended_at is null;

create index if not exists operator_alerts_due_idx
    on public.operator_alerts (next_attempt_at)
    where closed_at is null;

-- service_role alone: other roles lose what the database's default privileges give them.
do $$
declare
    v_role text;
begin
    alter table public.operator_alerts enable row level security;
    drop policy if exists service_role_only on public.operator_alerts;
    create policy service_role_only on public.operator_alerts
        for all to service_role using (true) with check (true);
    for v_role in
        select 'public'
        union all
        select quote_ident(r.rolname) from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
    loop
        execute format('revoke all on public.operator_alerts from %s', v_role);
    end loop;
end
$$;

grant select, insert, update, delete on public.operator_alerts to service_role;
