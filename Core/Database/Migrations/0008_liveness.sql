-- What keeps a site moving when things go wrong beside it.

-- The claim's own probe leases, to give back those that it has no row for.
-- Locks: the whole table against writes, for a moment; it has one row a site.
create index if not exists provider_health_state_probe_idx
    on public.provider_health_state (probe_token)
    where probe_token is not null;

-- One call per uploaded batch. Success closes from any state but that of an isolated group: what was in flight when the
-- operator isolated it must not close what a person opened. Five transient failures in a row open; one of a probe opens
-- again, and opened_at stays, so that an outage of a day looks like one, not like many of five minutes. Permanent failures
-- say nothing about the provider's health.
-- While a probe lives, a failure of another batch counts and opens nothing: it would free the probe's lease, and beside
-- the first probe a second would be granted. settle_provider_circuit() ends the batch's own lease before it calls this.
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
          and (h.state = 'HALF_OPEN' and coalesce(h.probe_lease_until, '-infinity') <= v_now
               or h.state = 'CLOSED' and h.failure_count >= c_threshold);
    end if;
end
$$;

-- What a write-back says of its batch: that the batch's probe, if it was one, is over, and the outcome. In this order, so
-- that the probe's own failure opens.
-- Locks: the group's row.
create or replace function public.settle_provider_circuit(
    p_site_id uuid, p_provider_key text, p_claim_token uuid, p_is_success boolean, p_is_transient boolean)
returns void
language plpgsql
set search_path = ''
as $$
begin
    update public.provider_health_state h
    set probe_token = null, probe_lease_until = null, updated_at = now()
    where h.site_id = p_site_id and h.provider_key = p_provider_key and h.probe_token = p_claim_token;

    perform public.record_provider_outcome(p_site_id, p_provider_key, p_is_success, p_is_transient);
end
$$;

-- Rows that the database refuses to write at all. They stay PROCESSING or SUBMITTED, so no claim sees them; recovery leaves
-- them out, tries to end them each time, and forgets them when it could.
-- Locks: who waits for the circuits waits for this table too (0005_ledger.sql).
set local lock_timeout = '25ms';

create table if not exists public.offline_conversion_set_aside (
    site_id      uuid not null,
    row_id       uuid not null,
    provider_key text not null,
    claim_token  uuid,
    -- The SQLSTATE of the refusal.
    reason       text not null,
    created_at   timestamptz not null default now(),
    tried_at     timestamptz not null default now(),
    primary key (site_id, row_id)
);

-- Ends a row whose outcome the database refuses, by a statement that touches as little as possible: no text of the
-- provider's, no column that an index or a rule of the application's may know. If even that is refused, the row is set
-- aside. A probe that the row was is over.
-- Returns failed, set_aside, or null when the row is no longer under the claim. A submitted row is under none.
-- Locks: the row, then the group's row of metrics and of health, in the order of a write-back.
-- Index: primary keys.
create or replace function public.end_refused_offline_conversion_job(
    p_site_id uuid, p_provider_key text, p_row_id uuid, p_claim_token uuid, p_state text)
returns text
language plpgsql
set search_path = ''
as $$
declare
    v_failed   boolean;
    -- Of a submitted row they were counted when it was submitted.
    v_attempts bigint;
    v_end      text;
begin
    begin
        update public.offline_conversion_queue q
        set status = 'FAILED',
            claim_token = null,
            claimed_at = null,
            last_error = 'The database refused the outcome: ' || p_state,
            provider_error_code = 'WRITE_BACK_REFUSED',
            provider_error_category = 'CONFIGURATION',
            updated_at = now()
        from public.offline_conversion_queue old
        where q.site_id = p_site_id
          and q.id = p_row_id
          and q.claim_token is not distinct from p_claim_token
          and q.status in ('PROCESSING', 'SUBMITTED')
          and old.site_id = q.site_id
          and old.id = q.id
        returning (old.status = 'PROCESSING')::int into v_attempts;
        v_failed := found;
        if v_failed then
            perform public.count_provider_upload(p_site_id, p_provider_key, v_attempts, 0, 1, 0, 0);
            insert into public.provider_upload_attempts
                (batch_id, site_id, provider_key, phase, claimed_count, completed_count, failed_count, retry_count,
                 submitted_count, error_code, error_category)
            values
                (coalesce(p_claim_token::text, 'recovery'), p_site_id, p_provider_key, 'FINISHED', v_attempts, 0, 1, 0, 0,
                 'WRITE_BACK_REFUSED', 'CONFIGURATION');
        end if;
        delete from public.offline_conversion_set_aside a
        where a.site_id = p_site_id and a.row_id = p_row_id;
        v_end := case when v_failed then 'failed' end;
    exception
        when data_exception or integrity_constraint_violation or raise_exception or data_corrupted then
            insert into public.offline_conversion_set_aside (site_id, row_id, provider_key, claim_token, reason)
            values (p_site_id, p_row_id, p_provider_key, p_claim_token, p_state)
            on conflict (site_id, row_id) do update set tried_at = excluded.tried_at;
            v_end := 'set_aside';
    end;

    perform public.settle_provider_circuit(p_site_id, p_provider_key, p_claim_token, false, false);
    return v_end;
end
$$;

-- Rows that were claimed 25 times, are stuck again, and never got an outcome since they were queued: one that ends its
-- worker, or that no worker can write back, would be sent for ever. A row that got outcomes only waited often.
-- Locks: those rows, then their groups' rows of metrics in the order of their keys, so that two of these cannot deadlock.
-- Index: offline_conversion_queue_processing_idx, from both ends.
create or replace function public.fail_endless_offline_conversion_jobs(p_min_age_minutes int default 15)
returns int
language plpgsql
set search_path = ''
as $$
declare
    v_count int;
begin
    with endless as (
        select q.id, q.claim_token
        from public.offline_conversion_queue q
        where q.status = 'PROCESSING'
          and (coalesce(q.claimed_at, q.updated_at) < now() - make_interval(mins => p_min_age_minutes)
               or coalesce(q.claimed_at, q.updated_at) > now() + interval '1 hour')
          and q.claim_count >= 25
          and q.provider_error_code is null
          and not exists (
              select from public.offline_conversion_set_aside a where a.site_id = q.site_id and a.row_id = q.id)
        for update skip locked
    ),
    failed as (
        update public.offline_conversion_queue q
        set status = 'FAILED',
            claim_token = null,
            claimed_at = null,
            last_error = 'Claimed 25 times, and no outcome could be written: it may end its worker.',
            provider_error_code = 'WORKER_ERROR',
            provider_error_category = 'TRANSIENT',
            updated_at = now()
        from endless e
        where q.id = e.id
        returning q.site_id, q.provider_key, e.claim_token
    ),
    tally as (
        select f.site_id, f.provider_key, coalesce(f.claim_token::text, 'recovery') as batch_id, count(*) as failed
        from failed f
        group by f.site_id, f.provider_key, 3
    ),
    finished as (
        insert into public.provider_upload_attempts
            (batch_id, site_id, provider_key, phase, claimed_count, completed_count, failed_count, retry_count,
             submitted_count, error_code, error_category)
        select t.batch_id, t.site_id, t.provider_key, 'FINISHED', t.failed, 0, t.failed, 0, 0, 'WORKER_ERROR', 'TRANSIENT'
        from tally t
    ),
    counted as materialized (
        select t.failed,
               public.count_provider_upload(t.site_id, t.provider_key, t.failed, 0, t.failed, 0, 0)
        from (select y.* from tally y order by y.site_id, y.provider_key) t
    )
    select coalesce(sum(c.failed), 0)::int into v_count from counted c;
    return v_count;
exception
    -- One that cannot be written is found by the recovery, which goes on row by row.
    when data_exception or integrity_constraint_violation or raise_exception or data_corrupted then
        return 0;
end
$$;

-- Rows of a worker that died go back to the queue; the attempt they may have made is not counted, and what Google may
-- have got is sent again under the same identity. So do claims of a time that has not come: the database's clock was ahead
-- when they were made, and they would not be old enough for as long as it was ahead. An hour is more than servers of which
-- one takes over from another differ by.
-- If the database refuses one of them, each is taken by itself, so that one does not hold back all.
-- Locks: the stuck rows. A row that a live worker is writing at this moment is locked by it, and skipped.
-- Index: offline_conversion_queue_processing_idx, from both ends.
create or replace function public.recover_stuck_offline_conversion_jobs(p_min_age_minutes int default 15)
returns int
language plpgsql
set search_path = ''
as $$
declare
    -- Bounds one call that goes row by row; the next ones do the rest.
    c_most_alone constant int := 10000;
    c_most_tries constant int := 100;
    v_count int := 0;
    v_row   record;
begin
    if p_min_age_minutes is null or p_min_age_minutes < 1 then
        raise exception 'p_min_age_minutes must be at least 1';
    end if;

    perform public.fail_endless_offline_conversion_jobs(p_min_age_minutes);

    begin
        with stuck as (
            select q.id
            from public.offline_conversion_queue q
            where q.status = 'PROCESSING'
              and (coalesce(q.claimed_at, q.updated_at) < now() - make_interval(mins => p_min_age_minutes)
                   or coalesce(q.claimed_at, q.updated_at) > now() + interval '1 hour')
              and not exists (
                  select from public.offline_conversion_set_aside a where a.site_id = q.site_id and a.row_id = q.id)
            for update skip locked
        )
        update public.offline_conversion_queue q
        set status = 'QUEUED', claim_token = null, claimed_at = null, updated_at = now()
        from stuck s
        where q.id = s.id;

        get diagnostics v_count = row_count;
    exception
        when data_exception or integrity_constraint_violation or raise_exception or data_corrupted then
            for v_row in
                select q.id, q.site_id, q.provider_key, q.claim_token
                from public.offline_conversion_queue q
                where q.status = 'PROCESSING'
                  and (coalesce(q.claimed_at, q.updated_at) < now() - make_interval(mins => p_min_age_minutes)
                       or coalesce(q.claimed_at, q.updated_at) > now() + interval '1 hour')
                  and not exists (
                      select from public.offline_conversion_set_aside a where a.site_id = q.site_id and a.row_id = q.id)
                limit c_most_alone
                for update of q skip locked
            loop
                begin
                    update public.offline_conversion_queue q
                    set status = 'QUEUED', claim_token = null, claimed_at = null, updated_at = now()
                    where q.site_id = v_row.site_id and q.id = v_row.id;
                    v_count := v_count + 1;
                exception
                    when data_exception or integrity_constraint_violation or raise_exception or data_corrupted then
                        perform public.end_refused_offline_conversion_job(
                            v_row.site_id, v_row.provider_key, v_row.id, v_row.claim_token, sqlstate);
                end;
            end loop;
    end;

    -- What was set aside, once more: the cause may be gone.
    for v_row in
        select a.site_id, a.provider_key, a.row_id, a.claim_token, a.reason
        from public.offline_conversion_set_aside a
        where a.tried_at < now()
        order by a.tried_at
        limit c_most_tries
    loop
        perform public.end_refused_offline_conversion_job(
            v_row.site_id, v_row.provider_key, v_row.row_id, v_row.claim_token, v_row.reason);
    end loop;
    return v_count;
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
        execute format('revoke all on public.offline_conversion_set_aside from %s', v_role);
        foreach v_function in array array[
            'end_refused_offline_conversion_job(uuid, text, uuid, uuid, text)',
            'fail_endless_offline_conversion_jobs(int)']
        loop
            execute format('revoke execute on function public.%s from %s', v_function, v_role);
        end loop;
    end loop;
end
$$;

grant select, insert, update, delete on public.offline_conversion_set_aside to service_role;
grant execute on function
    public.end_refused_offline_conversion_job(uuid, text, uuid, uuid, text),
    public.fail_endless_offline_conversion_jobs(int)
    to service_role;
alter table public.offline_conversion_set_aside enable row level security;
drop policy if exists service_role_only on public.offline_conversion_set_aside;
create policy service_role_only on public.offline_conversion_set_aside
    for all to service_role using (true) with check (true);

-- A database's default privileges may give service_role every right on a new table, as Supabase's do: ledger and audit are
-- append-only for it all the same.
revoke update, delete, truncate on public.provider_upload_attempts, public.operator_audit from service_role;
