-- What the worker did: the requests that wait for an answer, the ledger of its batches, the counters, and the two small
-- tables of the status page.
-- Locks: a live worker's write-back takes requests, ledger and counters in this order, and so does this script, so that
-- the two cannot deadlock. Who waits for the first table waits for the others too, so these are waited for less long.

-- One row per accepted request whose answer comes later: when to ask, who is asking, and when it was settled.
create table if not exists public.provider_upload_requests (
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

-- The requests that are due to be asked about.
create index if not exists provider_upload_requests_due_idx
    on public.provider_upload_requests (provider_key, next_check_at)
    where settled_at is null;

set local lock_timeout = '25ms';

-- The ledger: a line when a batch starts, a line when it ends. Append-only, and without secrets.
create table if not exists public.provider_upload_attempts (
    -- Its default is below, for a table that exists as well.
    id                  uuid primary key,
    created_at          timestamptz not null default now(),
    site_id             uuid not null,
    provider_key        text not null,
    batch_id            text not null,
    phase               text not null check (phase in ('STARTED', 'FINISHED')),
    claimed_count       int,
    completed_count     int,
    failed_count        int,
    retry_count         int,
    duration_ms         int,
    provider_request_id text,
    error_code          text,
    error_category      text,
    submitted_count     int
);

-- What an older table lacks, and keys in the order of time, as the queue has them (0002_queue.sql says why).
alter table public.provider_upload_attempts
    add column if not exists submitted_count int,
    alter column id set default
        encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
            placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
            from 1 for 6), 52, 1), 53, 1), 'hex')::uuid;

-- Counters of a group, for dashboards.
create table if not exists public.provider_upload_metrics (
    site_id         uuid not null,
    provider_key    text not null,
    attempts_total  bigint not null default 0,
    completed_total bigint not null default 0,
    failed_total    bigint not null default 0,
    retry_total     bigint not null default 0,
    updated_at      timestamptz not null default now(),
    submitted_total bigint not null default 0,
    primary key (site_id, provider_key)
);

-- What an older table lacks.
alter table public.provider_upload_metrics add column if not exists submitted_total bigint not null default 0;

-- The backlog as each run left it: how old it was an hour ago, no other table remembers. One line a minute and provider
-- at most, kept for two days; the run that adds one removes what is older.
create table if not exists public.provider_backlog_samples (
    provider_key text not null,
    taken_at     timestamptz not null,
    waiting      bigint not null,
    -- Null when nothing waited.
    oldest_at    timestamptz,
    primary key (provider_key, taken_at)
);

-- When each job last ended well, whoever called it: one line a job.
create table if not exists public.worker_ticks (
    job      text primary key,
    ended_at timestamptz not null default now()
);

-- The dashboard's own function of this name asks for the JWT's role, which a direct connection does not carry. Ours is
-- replaced in place, so that it keeps the rights that an operator granted.
do $$
begin
    if exists (
        select
        from pg_catalog.pg_proc p
        where p.oid = to_regprocedure(
                'public.increment_provider_upload_metrics(uuid, text, bigint, bigint, bigint, bigint)')
          and (p.prosecdef or p.proconfig is distinct from array['search_path=""'])
    ) then
        drop function public.increment_provider_upload_metrics(uuid, text, bigint, bigint, bigint, bigint);
    end if;
end
$$;

-- Adds to a group's counters; a negative number counts as 0. PL/pgSQL for the reason that record_provider_outcome() has.
-- Locks: the group's row, until the write-back commits.
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

-- The counters of a write-back. Those that operators know keep their function; a submission is an attempt, and what
-- becomes of it is counted when it is settled.
-- Locks: the group's row, until the write-back commits.
create or replace function public.count_provider_upload(
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

-- service_role alone: other roles lose what the database's default privileges give them. Row security is on, with a policy
-- for service_role and for no other role.
do $$
declare
    v_role     text;
    v_table    text;
    v_function text;
begin
    foreach v_table in array array[
        'provider_upload_requests', 'provider_upload_attempts', 'provider_upload_metrics', 'provider_backlog_samples',
        'worker_ticks']
    loop
        execute format('alter table public.%I enable row level security', v_table);
        execute format('drop policy if exists service_role_only on public.%I', v_table);
        execute format(
            'create policy service_role_only on public.%I for all to service_role using (true) with check (true)',
            v_table);
    end loop;

    for v_role in
        select 'public'
        union all
        select quote_ident(r.rolname) from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
    loop
        foreach v_table in array array[
            'provider_upload_requests', 'provider_upload_attempts', 'provider_upload_metrics', 'provider_backlog_samples',
            'worker_ticks']
        loop
            execute format('revoke all on public.%I from %s', v_table, v_role);
        end loop;
        foreach v_function in array array[
            'increment_provider_upload_metrics(uuid, text, bigint, bigint, bigint, bigint)',
            'count_provider_upload(uuid, text, bigint, bigint, bigint, bigint, bigint)']
        loop
            execute format('revoke execute on function public.%s from %s', v_function, v_role);
        end loop;
    end loop;
end
$$;

grant select, insert on public.provider_upload_attempts to service_role;
grant select, insert, update on
    public.provider_upload_requests,
    public.provider_upload_metrics,
    public.worker_ticks
    to service_role;
grant select, insert, delete on public.provider_backlog_samples to service_role;
grant execute on function
    public.increment_provider_upload_metrics(uuid, text, bigint, bigint, bigint, bigint),
    public.count_provider_upload(uuid, text, bigint, bigint, bigint, bigint, bigint)
    to service_role;
