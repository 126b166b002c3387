-- Corrections: what the provider is to be told of a sale that changed after it was sent.
-- Locks: the tables of sales, queue and ledger, in the order in which the dashboard takes them; who waits for the first waits
-- for the others too (0005_ledger.sql).
drop trigger if exists opsmantik_note_sale_change on public.sales;

set local lock_timeout = '25ms';

drop trigger if exists opsmantik_note_conversion_return on public.offline_conversion_queue;

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

-- Sales whose change could not be noted: recovery notes it.
create table if not exists public.sale_changes_missed (
    sale_id    uuid primary key,
    reason     text not null,
    created_at timestamptz not null default now()
);

-- Brings one queue row and its waiting correction to the state of its sale.
--
-- row not with a worker and not counted (QUEUED, RETRY, FAILED)
--     canceled: FAILED as SALE_CANCELED. If an attempt may have reached Google, a retraction waits as well.
--     confirmed again: QUEUED again, unless a retraction may have been sent.
--     changed: the row's value is replaced; if an attempt may have reached Google, a restatement waits instead.
-- row with a worker (PROCESSING), accepted (SUBMITTED) or counted (COMPLETED)
--     a correction waits, unless Google has that state; no claim takes it before the row has ended. Rows that come back
--     from a worker uncounted come here again.
--
-- Locks: the queue row, so that a claim, write-back or recovery of it is before or after this, never beside it.
-- Index: primary keys, conversion_corrections_row_idx.
create or replace function public.correct_conversion(
    p_row_id uuid, p_is_canceled boolean, p_value_cents bigint, p_currency text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
    c_canceled constant text := 'SALE_CANCELED';
    v_row       public.offline_conversion_queue;
    v_waiting   public.conversion_corrections;
    -- What Google has, or may have.
    v_sent      public.conversion_corrections;
    v_is_sent   boolean;
    v_moment    timestamptz;
    v_may_count boolean;
    v_is_told   boolean;
begin
    select q.* into v_row from public.offline_conversion_queue q where q.id = p_row_id for update;
    if not found then
        return;
    end if;

    select c.* into v_waiting
    from public.conversion_corrections c
    where c.row_id = p_row_id and c.status in ('QUEUED', 'RETRY');

    select c.* into v_sent
    from public.conversion_corrections c
    where c.row_id = p_row_id
      and (c.status in ('PROCESSING', 'SUBMITTED', 'COMPLETED') or c.status in ('QUEUED', 'RETRY') and c.claim_count > 0)
    order by c.created_at desc, c.id desc
    limit 1;
    v_is_sent := found;

    -- Google is told whole seconds, and takes what is not later than the last for a repetition.
    select greatest(date_trunc('second', clock_timestamp()), max(c.corrected_at) + interval '1 second')
    into v_moment
    from public.conversion_corrections c
    where c.row_id = p_row_id;

    if v_row.status in ('QUEUED', 'RETRY', 'FAILED') then
        -- Above one claim an earlier attempt may have reached Google; of one, its error tells; of a canceled row, what waits.
        v_may_count := v_is_sent
            or coalesce(v_row.provider_error_code, '') = c_canceled and v_waiting.id is not null
            or v_row.claim_count > 1
            or v_row.claim_count = 1
               and coalesce(v_row.provider_error_category, 'TRANSIENT') in ('TRANSIENT', 'RATE_LIMIT');

        if p_is_canceled then
            if v_row.status <> 'FAILED' or v_row.provider_error_code is distinct from c_canceled then
                update public.offline_conversion_queue q
                set status = 'FAILED',
                    last_error = case when v_may_count
                        then 'The sale was canceled. An attempt may have reached the provider: a retraction is sent.'
                        else 'The sale was canceled before it was sent.' end,
                    provider_error_code = c_canceled,
                    provider_error_category = 'VALIDATION',
                    updated_at = now()
                where q.id = p_row_id;
            end if;
        elsif v_row.provider_error_code = c_canceled and not v_is_sent then
            update public.offline_conversion_queue q
            set status = 'QUEUED',
                next_retry_at = null,
                last_error = null,
                provider_error_code = null,
                provider_error_category = null,
                updated_at = now()
            where q.id = p_row_id;
        end if;

        if not v_may_count then
            if not p_is_canceled then
                update public.offline_conversion_queue q
                set value_cents = p_value_cents,
                    currency = p_currency,
                    payload = q.payload - array['value_cents', 'currency'],
                    updated_at = now()
                where q.id = p_row_id
                  and ((q.value_cents, q.currency) is distinct from (p_value_cents, p_currency)
                       or q.payload ?| array['value_cents', 'currency']);
            end if;
            delete from public.conversion_corrections c where c.id = v_waiting.id;
            return;
        end if;
    end if;

    -- A conversion that was retracted, or restated to nothing, is not counted again, whatever is sent.
    if v_is_sent and (v_sent.kind = 'RETRACT' or v_sent.value_cents = 0) then
        if not p_is_canceled then
            insert into public.conversion_corrections
                (site_id, provider_key, row_id, kind, value_cents, currency, corrected_at, status, provider_error_code,
                 provider_error_category, last_error)
            select v_row.site_id, v_row.provider_key, p_row_id, 'RESTATE', p_value_cents, p_currency, v_moment,
                   'FAILED', 'CONVERSION_RETRACTED', 'VALIDATION',
                   'The sale was retracted; the provider never counts it again. Upload it as a sale of its own.'
            where not exists (
                select
                from public.conversion_corrections c
                where c.row_id = p_row_id and c.provider_error_code = 'CONVERSION_RETRACTED' and c.created_at >= v_sent.created_at);
        end if;
        delete from public.conversion_corrections c where c.id = v_waiting.id and c.claim_count = 0;
        return;
    end if;

    v_is_told := not p_is_canceled and case
        when v_is_sent then (v_sent.value_cents, v_sent.currency) is not distinct from (p_value_cents, p_currency)
        -- As ConversionReader reads a row: the payload's word counts more.
        when v_row.payload ?| array['value_cents', 'currency']
            then (coalesce(v_row.payload ->> 'value_cents', v_row.value_cents::text),
                  coalesce(v_row.payload ->> 'currency', v_row.currency))
                 is not distinct from (p_value_cents::text, p_currency)
        else (v_row.value_cents, v_row.currency) is not distinct from (p_value_cents, p_currency)
    end;
    if v_is_told and (v_waiting.id is null or v_waiting.id is distinct from v_sent.id) then
        delete from public.conversion_corrections c where c.id = v_waiting.id;
    elsif not v_is_told then
        -- What waits and may have been sent is a state that Google may have: it is replaced under a moment of its own.
        insert into public.conversion_corrections as c
            (site_id, provider_key, row_id, kind, value_cents, currency, corrected_at)
        values
            (v_row.site_id, v_row.provider_key, p_row_id,
             case when p_is_canceled then 'RETRACT' else 'RESTATE' end,
             case when not p_is_canceled then p_value_cents end,
             case when not p_is_canceled then p_currency end,
             v_moment)
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
    end if;
end
$$;

-- Notes the state of a sale: what the trigger, an operator's command and recovery call. A status that is neither confirmed
-- nor canceled says nothing.
-- Locks: the sale's queue row, then no more. The sale is read once the row is locked, so that of two of these the later sees
-- what the earlier saw or more; it is not locked, because a write-back comes here with the row, and the dashboard with the sale.
create or replace function public.correct_sale(p_sale_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_sale record;
    v_row  uuid;
begin
    for v_row in
        select q.id from public.offline_conversion_queue q where q.sale_id = p_sale_id order by q.id for update
    loop
        select s.status::text as status, s.amount_cents, s.currency::text as currency
        into v_sale
        from public.sales s
        where s.id = p_sale_id;
        if v_sale.status in ('CONFIRMED', 'CANCELED') then
            perform public.correct_conversion(v_row, v_sale.status = 'CANCELED', v_sale.amount_cents, v_sale.currency);
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

-- A row that comes back from a worker uncounted, and for which a correction waits: decided now, with the sale as it is.
create or replace function public.note_conversion_return()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if exists (
        select from public.conversion_corrections c where c.row_id = new.id and c.status in ('QUEUED', 'RETRY')
    ) then
        perform public.correct_sale(new.sale_id);
    end if;
    return null;
end
$$;

create trigger opsmantik_note_conversion_return
    after update of status on public.offline_conversion_queue
    for each row
    when (old.status in ('PROCESSING', 'SUBMITTED') and new.status in ('QUEUED', 'RETRY', 'FAILED'))
    execute function public.note_conversion_return();

-- What could not be noted when it happened.
-- Locks: the rows of those sales. Index: primary keys.
create or replace function public.note_missed_sale_changes()
returns int
language plpgsql
set search_path = ''
as $$
declare
    v_sale  uuid;
    v_count int := 0;
begin
    for v_sale in select m.sale_id from public.sale_changes_missed m order by m.created_at limit 1000 loop
        begin
            perform public.correct_sale(v_sale);
            delete from public.sale_changes_missed m where m.sale_id = v_sale;
            v_count := v_count + 1;
        exception
            when data_exception or integrity_constraint_violation or raise_exception or data_corrupted then null;
        end;
    end loop;
    return v_count;
end
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
            'correct_conversion(uuid, boolean, bigint, text)',
            'correct_sale(uuid)',
            'note_missed_sale_changes()',
            'note_sale_change()',
            'note_conversion_return()']
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
    public.note_missed_sale_changes()
    to service_role;
alter table public.conversion_corrections enable row level security;
alter table public.sale_changes_missed enable row level security;
drop policy if exists service_role_only on public.conversion_corrections;
create policy service_role_only on public.conversion_corrections
    for all to service_role using (true) with check (true);
drop policy if exists service_role_only on public.sale_changes_missed;
create policy service_role_only on public.sale_changes_missed
    for all to service_role using (true) with check (true);
