-- What the status page needs and no table tells.

-- Failed and retried rows by site, reason and time. The happy path never writes it: a row that is
-- queued, sent and completed is in it at no time.
create index offline_conversion_queue_trouble_idx
    on public.offline_conversion_queue (provider_key, site_id, status, updated_at, provider_error_category)
    where status in ('FAILED', 'RETRY');

-- The ledger's last day, of all sites. It is only appended to, in the order of time, so a few pages of summary do.
create index provider_upload_attempts_created_idx
    on public.provider_upload_attempts using brin (created_at) with (pages_per_range = 32, autosummarize = on);

-- The backlog as each run left it: how old it was an hour ago, no other table remembers. One line a minute and provider
-- at most, kept for two days; the run that adds one removes what is older.
create table public.provider_backlog_samples (
    provider_key text not null,
    taken_at     timestamptz not null,
    waiting      bigint not null,
    -- Null when nothing waited.
    oldest_at    timestamptz,
    primary key (provider_key, taken_at)
);

-- When each job last ended well, whoever called it: one line a job.
create table public.worker_ticks (
    job      text primary key,
    ended_at timestamptz not null default now()
);

grant select, insert, delete on public.provider_backlog_samples to service_role;
grant select, insert, update on public.worker_ticks to service_role;
alter table public.provider_backlog_samples enable row level security;
alter table public.worker_ticks enable row level security;
create policy service_role_only on public.provider_backlog_samples for all to service_role using (true) with check (true);
create policy service_role_only on public.worker_ticks for all to service_role using (true) with check (true);

do $$
declare
    v_role text;
begin
    for v_role in
        select 'public'
        union all
        select quote_ident(r.rolname) from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
    loop
        execute format('revoke all on public.provider_backlog_samples from %s', v_role);
        execute format('revoke all on public.worker_ticks from %s', v_role);
    end loop;
end
$$;
