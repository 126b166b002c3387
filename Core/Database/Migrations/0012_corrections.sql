-- Corrections: what the provider is to be told of a sale that changed after it was sent.
-- Locks: the tables of sales, queue and ledger, in the order in which the dashboard takes them; who waits for the first waits
-- for the others too (0005_ledger.sql).
drop trigger if exists opsmantik_note_sale_change on public.sales;

set local lock_timeout = '25ms';

-- Each is one change of one row. The value that Google has is that of the newest correction which may have been sent, or
-- the row's. It says so: corrected_at is told to Google and stays the same however often the correction is sent, because
-- a second one of the same moment is taken for a repetition.
create table if not exists public.conversion_corrections (
    id                      uuid primary key default
        encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
            placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
            from 1 for 6), 52, 1), 53, 1), 'hex')::uuid,
    site_id                 uuid not null,
    provider_key            text not null,
    row_id                  uuid not null references public.offline_conversion_queue (id) on delete cascade,
    kind                    text not null check (kind in ('RETRACT', 'RESTATE')),
    -- Of a restatement, in the currency's minor units.
    value_cents             bigint,
    currency                text,
    corrected_at            timestamptz not null,
    status                  text not null default 'QUEUED'
        check (status in ('QUEUED', 'PROCESSING', 'SUBMITTED', 'COMPLETED', 'RETRY', 'FAILED')),
    retry_count             int not null default 0,
    claim_count             int not null default 0,
    next_retry_at           timestamptz,
    claim_token             uuid,
    claimed_at              timestamptz,
    last_error              text,
    provider_error_code     text,
    provider_error_category text,
    provider_request_id     text,
    request_index           int,
    submitted_at            timestamptz,
    completed_at            timestamptz,
    created_at              timestamptz not null default now(),
    updated_at              timestamptz not null default now(),
    check ((kind = 'RESTATE') = (value_cents is not null and currency is not null))
);

-- A row has one correction that waits: a newer state of the sale replaces it.
create unique index if not exists conversion_corrections_waiting_key
    on public.conversion_corrections (row_id)
    where status in ('QUEUED', 'RETRY');

create index if not exists conversion_corrections_row_idx
    on public.conversion_corrections (row_id, created_at);

-- As the queue's: from group to group, then each group's due corrections in order.
create index if not exists conversion_corrections_due_idx
    on public.conversion_corrections (provider_key, site_id, (coalesce(next_retry_at, '-infinity'::timestamptz)), created_at)
    where status in ('QUEUED', 'RETRY');

create index if not exists conversion_corrections_processing_idx
    on public.conversion_corrections (claimed_at)
    where status = 'PROCESSING';

-- The status: what was told, and what failed, lately; and the last of a site.
create index if not exists conversion_corrections_ended_idx
    on public.conversion_corrections (status, updated_at)
    where status in ('COMPLETED', 'FAILED');

create index if not exists conversion_corrections_site_idx
    on public.conversion_corrections (site_id, provider_key, created_at);

-- Sales whose change could not be noted: recovery notes it.
create table if not exists public.sale_changes_missed (
    sale_id    uuid primary key,
    reason     text not null,
    created_at timestamptz not null default now()
);

-- Brings the queue row of a sale, and its waiting correction, to the state of the sale: what the trigger, an operator's command
-- and the worker call. A status that is neither confirmed nor canceled says nothing.
--
-- row not with a worker and not counted (QUEUED, RETRY, FAILED)
--     canceled: FAILED as SALE_CANCELED. If an attempt may have reached Google, a retraction waits as well.
--     confirmed again: QUEUED again, unless a retraction may have been sent.
--     changed: the row's value is replaced; if an attempt may have reached Google, a restatement waits instead.
-- row with a worker (PROCESSING), accepted (SUBMITTED) or counted (COMPLETED)
--     a correction waits, unless Google has that state; no claim takes it before the row has ended. Rows that come back
--     from a worker uncounted come here again (correct_pending_sales).
--
-- Locks: the sale's queue row, so that a claim, write-back or recovery of it is before or after this, never beside it. The sale
-- is read once the row is locked, so that of two of these the later sees what the earlier saw or more; it is not locked,
-- because a worker comes here with the row, and the dashboard with the sale.
-- Index: primary keys, the queue's key of the sale, conversion_corrections_row_idx.
create or replace function public.correct_sale(p_sale_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
    c_canceled  constant text := 'SALE_CANCELED';
    v_row       record;
    -- The sale as it is, the correction that waits, and the newest that Google has or may have. One that FAILED is there if an
    -- attempt of unknown fate is behind it: it may stand, and is not relied on.
    v_now       record;
    v_may_count boolean;
    v_is_told   boolean;
begin
    for v_row in
        select q.id, q.site_id, q.provider_key, q.status, q.claim_count, q.value_cents, q.currency, q.payload,
               coalesce(q.provider_error_code, '') as code,
               coalesce(q.provider_error_category, 'TRANSIENT') as category
        from public.offline_conversion_queue q
        where q.sale_id = p_sale_id
        order by q.id
        for update
    loop
        select s.status::text = 'CANCELED' as is_canceled,
               s.amount_cents as value_cents,
               s.currency::text as currency,
               waiting.id as waiting_id,
               waiting.claim_count as waiting_claims,
               sent.id as sent_id,
               sent.status as sent_status,
               sent.kind as sent_kind,
               sent.value_cents as sent_value,
               sent.currency as sent_currency,
               sent.corrected_at as sent_at,
               -- Google is told whole seconds, and takes what is not later than the last for a repetition.
               greatest(date_trunc('second', clock_timestamp()), last.corrected_at + interval '1 second') as moment
        into v_now
        from public.sales s
        left join public.conversion_corrections waiting
            on waiting.row_id = v_row.id and waiting.status in ('QUEUED', 'RETRY')
        left join lateral (
            select c.id, c.status, c.kind, c.value_cents, c.currency, c.corrected_at
            from public.conversion_corrections c
            where c.row_id = v_row.id
              and (c.status in ('PROCESSING', 'SUBMITTED', 'COMPLETED')
                   or c.status in ('QUEUED', 'RETRY') and c.claim_count > 0
                   or c.status = 'FAILED'
                      and (c.claim_count > 1
                           or c.claim_count = 1
                              and (c.provider_error_code = 'CORRECTION_REPLACED'
                                   or c.provider_error_category in ('TRANSIENT', 'RATE_LIMIT'))))
            -- Not by created_at: of two transactions of the dashboard, the one that began first may change the sale last.
            order by c.corrected_at desc
            limit 1) sent on true
        cross join lateral (
            select max(c.corrected_at) as corrected_at
            from public.conversion_corrections c
            -- One that waits unsent is replaced; its moment was told to nobody.
            where c.row_id = v_row.id and not (c.status in ('QUEUED', 'RETRY') and c.claim_count = 0)) last
        where s.id = p_sale_id and s.status::text in ('CONFIRMED', 'CANCELED');
        continue when not found;

        if v_row.status in ('QUEUED', 'RETRY', 'FAILED') then
            -- Above one claim an earlier attempt may have reached Google; of one, its error tells; of a canceled row, what waits.
            v_may_count := v_now.sent_id is not null
                or v_row.code = c_canceled and v_now.waiting_id is not null
                or v_row.claim_count > 1
                or v_row.claim_count = 1 and v_row.category in ('TRANSIENT', 'RATE_LIMIT');

            if v_now.is_canceled then
                if v_row.status <> 'FAILED' or v_row.code <> c_canceled then
                    update public.offline_conversion_queue q
                    set status = 'FAILED',
                        last_error = case when v_may_count
                            then 'The sale was canceled. An attempt may have reached the provider: a retraction is sent.'
                            else 'The sale was canceled before it was sent.' end,
                        provider_error_code = c_canceled,
                        provider_error_category = 'VALIDATION',
                        updated_at = now()
                    where q.id = v_row.id;
                end if;
            elsif v_row.code = c_canceled and v_now.sent_id is null then
                update public.offline_conversion_queue q
                set status = 'QUEUED',
                    retry_count = 0,
                    next_retry_at = null,
                    last_error = null,
                    provider_error_code = null,
                    provider_error_category = null,
                    updated_at = now()
                where q.id = v_row.id;
            end if;

            if not v_may_count then
                if not v_now.is_canceled then
                    update public.offline_conversion_queue q
                    set value_cents = v_now.value_cents,
                        currency = v_now.currency,
                        payload = q.payload - array['value_cents', 'currency'],
                        updated_at = now()
                    where q.id = v_row.id
                      and ((q.value_cents, q.currency) is distinct from (v_now.value_cents, v_now.currency)
                           or q.payload ?| array['value_cents', 'currency']);
                end if;
                delete from public.conversion_corrections c where c.id = v_now.waiting_id;
                continue;
            end if;
        end if;

        -- A conversion that was retracted, or restated to nothing, is not counted again, whatever is sent.
        if (v_now.sent_kind = 'RETRACT' or v_now.sent_value = 0) and not (v_now.is_canceled and v_now.sent_status = 'FAILED') then
            if not v_now.is_canceled then
                insert into public.conversion_corrections
                    (site_id, provider_key, row_id, kind, value_cents, currency, corrected_at, status, provider_error_code,
                     provider_error_category, last_error)
                select v_row.site_id, v_row.provider_key, v_row.id, 'RESTATE', v_now.value_cents, v_now.currency, v_now.moment,
                       'FAILED', 'CONVERSION_RETRACTED', 'VALIDATION',
                       'The sale was retracted; the provider never counts it again. Upload it as a sale of its own.'
                where not exists (
                    select
                    from public.conversion_corrections c
                    where c.row_id = v_row.id
                      and c.provider_error_code = 'CONVERSION_RETRACTED'
                      and c.corrected_at >= v_now.sent_at);
            end if;
            delete from public.conversion_corrections c where c.id = v_now.waiting_id and v_now.waiting_claims = 0;
            continue;
        end if;

        v_is_told := not v_now.is_canceled and case
            when v_now.sent_id is not null
                then v_now.sent_status <> 'FAILED'
                     and (v_now.sent_value, v_now.sent_currency) is not distinct from (v_now.value_cents, v_now.currency)
            -- As ConversionReader reads a row: the payload's word counts more.
            else (coalesce(v_row.payload ->> 'value_cents', v_row.value_cents::text),
                  coalesce(v_row.payload ->> 'currency', v_row.currency))
                 is not distinct from (v_now.value_cents::text, v_now.currency)
        end;
        if not v_is_told then
            -- What waits and may have been sent is a state that Google may have: it is replaced under a moment of its own.
            insert into public.conversion_corrections as c
                (site_id, provider_key, row_id, kind, value_cents, currency, corrected_at)
            values
                (v_row.site_id, v_row.provider_key, v_row.id,
                 case when v_now.is_canceled then 'RETRACT' else 'RESTATE' end,
                 case when not v_now.is_canceled then v_now.value_cents end,
                 case when not v_now.is_canceled then v_now.currency end,
                 v_now.moment)
            on conflict (row_id) where status in ('QUEUED', 'RETRY') do update
            set kind = excluded.kind,
                value_cents = excluded.value_cents,
                currency = excluded.currency,
                corrected_at = excluded.corrected_at,
                status = 'QUEUED',
                retry_count = 0,
                next_retry_at = null,
                updated_at = now()
            where (c.kind, c.value_cents, c.currency) is distinct from (excluded.kind, excluded.value_cents, excluded.currency);
        elsif v_now.waiting_id is distinct from v_now.sent_id then
            delete from public.conversion_corrections c where c.id = v_now.waiting_id;
        end if;
    end loop;
end
$$;

-- The dashboard's transaction never fails for this: what cannot be noted is kept for recovery. The trigger names no column,
-- so that the dashboard may still change a column's type.
create or replace function public.note_sale_change()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if (old.status, old.amount_cents, old.currency) is distinct from (new.status, new.amount_cents, new.currency) then
        perform public.correct_sale(new.id);
    end if;
    return null;
exception
    when others then
        insert into public.sale_changes_missed (sale_id, reason)
        values (new.id, sqlstate || ' ' || sqlerrm)
        on conflict (sale_id) do update set reason = excluded.reason;
        return null;
end
$$;

create trigger opsmantik_note_sale_change
    after update on public.sales
    for each row
    execute function public.note_sale_change();

-- Sales whose change was not decided when it happened: what could not be noted, and rows that came back from a worker
-- uncounted while a correction waited for them. One whose attempt may have counted keeps its restatement and is sent again.
-- Locks: the rows of those sales, for 0.8 s as a write-back does; one that somebody holds is left to the next call.
-- Index: conversion_corrections_due_idx (all that wait), primary keys.
create or replace function public.correct_pending_sales()
returns int
language plpgsql
set search_path = ''
set lock_timeout = '800ms'
as $$
declare
    v_sale  uuid;
    v_count int := 0;
begin
    for v_sale in
        (select m.sale_id from public.sale_changes_missed m order by m.created_at limit 1000)
        union
        (select q.sale_id
         from public.conversion_corrections c
         join public.offline_conversion_queue q on q.site_id = c.site_id and q.id = c.row_id
         where c.status in ('QUEUED', 'RETRY')
           and q.status in ('QUEUED', 'RETRY', 'FAILED')
           and q.provider_error_code is distinct from 'SALE_CANCELED'
           and (c.kind = 'RETRACT'
                or q.claim_count = 0
                or q.claim_count = 1 and q.provider_error_category not in ('TRANSIENT', 'RATE_LIMIT'))
         limit 1000)
        order by 1
    loop
        begin
            perform public.correct_sale(v_sale);
            delete from public.sale_changes_missed m where m.sale_id = v_sale;
            v_count := v_count + 1;
        exception
            when data_exception or integrity_constraint_violation or raise_exception or data_corrupted
                or lock_not_available then null;
        end;
    end loop;
    return v_count;
end
$$;

-- A sale for an operator's command: the worker's role may not read the application's tables.
create or replace function public.find_sale(p_sale_id uuid)
returns table (site_id uuid, status text, amount_cents bigint, currency text)
language sql
stable
security definer
set search_path = ''
as $$
    select s.site_id, s.status::text, s.amount_cents, s.currency::text from public.sales s where s.id = p_sale_id
$$;

-- A confirmed sale canceled (no amount) or with another value, by an operator: what the dashboard would do, and the only write to
-- sales that the worker's role has. It cannot leave its line in the audit out. Returns the status that the sale had, null when
-- there is none; it is changed if that was CONFIRMED.
-- Locks: the sale, then its row of the queue, as the dashboard and its trigger do.
create or replace function public.change_sale(p_sale_id uuid, p_amount_cents bigint, p_currency text, p_actor text)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_sale record;
begin
    select s.site_id, s.status::text as status, s.amount_cents, s.currency::text as currency
    into v_sale
    from public.sales s
    where s.id = p_sale_id
    for update;
    if v_sale.status is distinct from 'CONFIRMED' then
        return v_sale.status;
    end if;

    if p_amount_cents is null then
        update public.sales s set status = 'CANCELED', updated_at = now() where s.id = p_sale_id;
    else
        update public.sales s
        set amount_cents = p_amount_cents, currency = p_currency, updated_at = now()
        where s.id = p_sale_id;
    end if;
    -- For a database whose trigger is off; after the trigger it finds nothing to do.
    perform public.correct_sale(p_sale_id);
    insert into public.operator_audit (actor, action, site_id, row_count, details)
    values (p_actor, case when p_amount_cents is null then 'sale cancel' else 'sale restate' end, v_sale.site_id, 1,
            jsonb_strip_nulls(jsonb_build_object(
                'sale_id', p_sale_id,
                'had_amount_cents', v_sale.amount_cents,
                'had_currency', v_sale.currency,
                'amount_cents', p_amount_cents,
                'currency', p_currency)));
    return v_sale.status;
end
$$;

-- Whether a correction that failed is still what is to be told of its row: the newest, with none on its way, and the sale is
-- as it says. A requeue asks once more when it holds the row, so it is volatile: each call sees what is committed by then.
-- Locks: none. Index: primary keys, conversion_corrections_row_idx.
create or replace function public.is_correction_current(p_correction_id uuid)
returns boolean
language sql
volatile
security definer
set search_path = ''
as $$
    select exists (
        select
        from public.conversion_corrections c
        join public.offline_conversion_queue q on q.id = c.row_id
        join public.sales s on s.id = q.sale_id
        where c.id = p_correction_id
          and c.provider_error_code is distinct from 'CONVERSION_RETRACTED'
          and case c.kind
                  when 'RETRACT' then s.status::text = 'CANCELED'
                  else s.status::text = 'CONFIRMED'
                       and (c.value_cents, c.currency) is not distinct from (s.amount_cents, s.currency::text)
              end
          and not exists (
              select
              from public.conversion_corrections o
              where o.row_id = c.row_id
                and o.id <> c.id
                and (o.status in ('QUEUED', 'RETRY', 'PROCESSING', 'SUBMITTED')
                     or (o.created_at, o.id) > (c.created_at, c.id))))
$$;

-- A line of the ledger for a batch of corrections is of its own kind: the counts of uploads are the sum of FINISHED.
-- Locks: the ledger, for a moment; no row is read.
alter table public.provider_upload_attempts drop constraint if exists provider_upload_attempts_phase_check;
alter table public.provider_upload_attempts
    add constraint provider_upload_attempts_phase_check check (phase in ('STARTED', 'FINISHED', 'CORRECTED')) not valid;

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
        execute format('revoke all on public.conversion_corrections, public.sale_changes_missed from %s', v_role);
        foreach v_function in array array[
            'correct_sale(uuid)',
            'correct_pending_sales()',
            'note_sale_change()',
            'find_sale(uuid)',
            'change_sale(uuid, bigint, text, text)',
            'is_correction_current(uuid)']
        loop
            execute format('revoke execute on function public.%s from %s', v_function, v_role);
        end loop;
    end loop;
end
$$;

grant select, insert, update on public.conversion_corrections to service_role;
grant select, delete on public.sale_changes_missed to service_role;
grant execute on function
    public.correct_sale(uuid),
    public.correct_pending_sales(),
    public.find_sale(uuid),
    public.change_sale(uuid, bigint, text, text),
    public.is_correction_current(uuid)
    to service_role;
alter table public.conversion_corrections enable row level security;
alter table public.sale_changes_missed enable row level security;
drop policy if exists service_role_only on public.conversion_corrections;
create policy service_role_only on public.conversion_corrections
    for all to service_role using (true) with check (true);
drop policy if exists service_role_only on public.sale_changes_missed;
create policy service_role_only on public.sale_changes_missed
    for all to service_role using (true) with check (true);
