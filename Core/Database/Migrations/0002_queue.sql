-- The queue: one row per sale. The application inserts QUEUED rows; the worker claims, uploads and settles them.
create table if not exists public.offline_conversion_queue (
    -- Its default is below, for a table that exists as well.
    id                      uuid primary key,
    site_id                 uuid not null,
    sale_id                 uuid not null unique references public.sales (id) on delete cascade,
    provider_key            text not null default 'google_ads',
    gclid                   text,
    wbraid                  text,
    gbraid                  text,
    conversion_time         timestamptz not null,
    value_cents             bigint not null,
    currency                text not null default 'TRY',
    -- May override what the columns say: time, value, currency, order id, click ids, consent.
    payload                 jsonb not null default '{}',
    action_key              text,
    -- Its check is below, for a table that exists as well.
    status                  text not null default 'QUEUED',
    -- Attempts spent; a wait that the provider or a fix asks for is none.
    retry_count             int not null default 0,
    -- Null means due now.
    next_retry_at           timestamptz,
    claimed_at              timestamptz,
    last_error              text,
    provider_ref            text,
    provider_request_id     text,
    provider_error_code     text,
    provider_error_category text,
    uploaded_at             timestamptz,
    created_at              timestamptz not null default now(),
    updated_at              timestamptz not null default now(),
    -- The fence: set by every claim, compared by every later write of that claim.
    claim_token             uuid,
    -- How often the row was claimed and perhaps sent. Above one, Google's "order id already in use" may mean us.
    claim_count             int not null default 0,
    submitted_at            timestamptz,
    -- The row's position in the request provider_request_id, from 0.
    request_index           int
);

-- Rows of an isolated site used to wait until infinity, and only closing its circuit by hand brought them back. They are
-- due now: while the circuit is open, the next claim defers them again, an hour at a time.
-- Locks: those rows. It reads the whole table, so it comes before what locks the table.
update public.offline_conversion_queue q
set next_retry_at = now(), last_error = null, updated_at = now()
where q.status in ('QUEUED', 'RETRY') and q.next_retry_at = 'infinity' and q.last_error = 'CIRCUIT_OPEN';

-- What an older table lacks, and the default of new keys.
-- Every claim and write-back of a row adds its key to the primary key's index again. Random keys touch one page of that
-- index per row, and with ten million rows of history nearly every page is touched by no other row; keys in the order of
-- time (UUID version 7: 48 bits of milliseconds, then random ones) share the newest pages. Old keys stay as they are. The
-- default is an expression, not a function: whoever may insert a row needs no right to call anything.
-- The older table forbids null in next_retry_at; its default stays for the application's inserts.
-- Locks: the whole table, for a moment; a column with a constant default rewrites no rows.
alter table public.offline_conversion_queue
    add column if not exists provider_key            text not null default 'google_ads',
    add column if not exists payload                 jsonb not null default '{}',
    add column if not exists action_key              text,
    add column if not exists claimed_at              timestamptz,
    add column if not exists provider_ref            text,
    add column if not exists provider_request_id     text,
    add column if not exists provider_error_code     text,
    add column if not exists provider_error_category text,
    add column if not exists uploaded_at             timestamptz,
    add column if not exists claim_token             uuid,
    add column if not exists claim_count             int not null default 0,
    add column if not exists submitted_at            timestamptz,
    add column if not exists request_index           int,
    alter column next_retry_at drop not null,
    alter column id set default
        encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
            placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
            from 1 for 6), 52, 1), 53, 1), 'hex')::uuid;

-- The older table may limit the error categories to four, while CONFIGURATION is the fifth; and its check of the status,
-- whatever its name, does not know SUBMITTED: the rows of an accepted request, until the provider says what became of
-- them. "not valid" reads no rows: all of them satisfied the narrower check.
do $$
declare
    v_check name;
begin
    for v_check in
        select c.conname
        from pg_catalog.pg_constraint c
        join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
        where c.conrelid = 'public.offline_conversion_queue'::regclass
          and c.contype = 'c'
          and (a.attname = 'provider_error_category'
               or a.attname = 'status' and pg_get_constraintdef(c.oid) not like '%SUBMITTED%')
    loop
        execute format('alter table public.offline_conversion_queue drop constraint %I', v_check);
    end loop;

    if not exists (
        select
        from pg_catalog.pg_constraint c
        where c.conrelid = 'public.offline_conversion_queue'::regclass
          and c.conname = 'offline_conversion_queue_status_check'
    ) then
        alter table public.offline_conversion_queue
            add constraint offline_conversion_queue_status_check
                check (status in ('QUEUED', 'PROCESSING', 'SUBMITTED', 'COMPLETED', 'RETRY', 'FAILED')) not valid;
    end if;
end
$$;

-- The dashboard's older worker changes the status alone and knows no tokens. Whoever writes, a row that leaves PROCESSING
-- has no claim any more; one that enters it has an age, for recovery, and counts as claimed: it may be sent, and Google's
-- "order id already in use" may then mean that worker.
create or replace function public.guard_offline_conversion_claim()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.claim_token := null;
    if new.status <> 'PROCESSING' then
        new.claimed_at := null;
    else
        new.claim_count := least(old.claim_count, 2147483646) + 1;
        if new.claimed_at is not distinct from old.claimed_at then
            new.claimed_at := now();
        end if;
    end if;
    return new;
end
$$;

-- The worker's own statements set token and age themselves, so that these conditions are false for them and the function
-- is never called. PostgreSQL 13 has no "create or replace trigger".
do $$
begin
    if not exists (
        select
        from pg_catalog.pg_trigger t
        where t.tgrelid = 'public.offline_conversion_queue'::regclass
          and t.tgname = 'offline_conversion_queue_claim_entered'
    ) then
        create trigger offline_conversion_queue_claim_entered
            before update on public.offline_conversion_queue
            for each row
            when (old.status <> 'PROCESSING' and new.status = 'PROCESSING'
                  and (new.claim_token is null or new.claim_token is not distinct from old.claim_token))
            execute function public.guard_offline_conversion_claim();
    end if;

    if not exists (
        select
        from pg_catalog.pg_trigger t
        where t.tgrelid = 'public.offline_conversion_queue'::regclass
          and t.tgname = 'offline_conversion_queue_claim_left'
    ) then
        create trigger offline_conversion_queue_claim_left
            before update on public.offline_conversion_queue
            for each row
            when (old.status = 'PROCESSING' and new.status <> 'PROCESSING'
                  and (new.claim_token is not null or new.claimed_at is not null))
            execute function public.guard_offline_conversion_claim();
    end if;
end
$$;

-- The dashboard's own function of this name asks for the JWT's role, which a direct connection does not carry. Ours is
-- replaced in place, so that it keeps the rights that an operator granted.
do $$
begin
    if exists (
        select
        from pg_catalog.pg_proc p
        where p.oid = to_regprocedure('public.recover_stuck_offline_conversion_jobs(int)')
          and (p.prosecdef or p.proconfig is distinct from array['search_path=""'])
    ) then
        drop function public.recover_stuck_offline_conversion_jobs(int);
    end if;
end
$$;

-- Rows of a worker that died go back to the queue; the attempt they may have made is not counted, and what Google may
-- have got is sent again under the same identity.
-- Locks: the stuck rows. A row that a live worker is writing at this moment is locked by it, and skipped.
create or replace function public.recover_stuck_offline_conversion_jobs(p_min_age_minutes int default 15)
returns int
language plpgsql
set search_path = ''
as $$
declare
    v_count int;
begin
    if p_min_age_minutes is null or p_min_age_minutes < 1 then
        raise exception 'p_min_age_minutes must be at least 1';
    end if;

    with stuck as (
        select q.id
        from public.offline_conversion_queue q
        where q.status = 'PROCESSING'
          and coalesce(q.claimed_at, q.updated_at) < now() - make_interval(mins => p_min_age_minutes)
        for update skip locked
    )
    update public.offline_conversion_queue q
    set status = 'QUEUED', claim_token = null, claimed_at = null, updated_at = now()
    from stuck s
    where q.id = s.id;

    get diagnostics v_count = row_count;
    return v_count;
end
$$;

-- service_role alone: other roles lose what the database's default privileges give them.
do $$
declare
    v_role text;
begin
    for v_role in
        select 'public'
        union all
        select quote_ident(r.rolname) from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
    loop
        execute format('revoke all on public.offline_conversion_queue from %s', v_role);
        execute format('revoke execute on function public.guard_offline_conversion_claim() from %s', v_role);
        execute format('revoke execute on function public.recover_stuck_offline_conversion_jobs(int) from %s', v_role);
    end loop;
end
$$;

grant select, insert, update on public.offline_conversion_queue to service_role;
grant execute on function public.guard_offline_conversion_claim() to service_role;
grant execute on function public.recover_stuck_offline_conversion_jobs(int) to service_role;
alter table public.offline_conversion_queue enable row level security;
drop policy if exists service_role_only on public.offline_conversion_queue;
create policy service_role_only on public.offline_conversion_queue
    for all to service_role using (true) with check (true);
