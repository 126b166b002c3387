-- What the application brings: its role, its tables, its function. Everything here is made only where it is missing; what
-- the application has stays as it is, with more columns and other rights than these.
-- Locks, here and in the scripts after this one: "if not exists" still takes a table's lock before it looks, so every
-- script holds the locks of its own tables until it commits. None may read the rows of a table meanwhile: indexes of
-- tables that may be large are built after all scripts, beside readers and writers (Sql/Indexes.sql).

-- The worker's login is a member of this role and has no rights of its own. Roles belong to the whole server, so another
-- database's migration may have made it, even at this moment.
do $$
begin
    -- Without the right to create roles, "create" fails even where the role exists.
    if not exists (select from pg_catalog.pg_roles r where r.rolname = 'service_role') then
        create role service_role nologin;
    end if;
exception
    when duplicate_object then null;
    when unique_violation then null;
end
$$;

grant usage on schema public to service_role;

create table if not exists public.sites (
    id uuid primary key default gen_random_uuid()
);

create table if not exists public.conversations (
    id             uuid primary key default gen_random_uuid(),
    site_id        uuid not null references public.sites (id) on delete cascade,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    status         text not null default 'OPEN' check (status in ('OPEN', 'WON', 'LOST', 'JUNK')),
    -- The click ids of the first touch: gclid, wbraid, gbraid.
    primary_source jsonb
);

create table if not exists public.sales (
    id              uuid primary key default gen_random_uuid(),
    site_id         uuid not null references public.sites (id) on delete cascade,
    conversation_id uuid references public.conversations (id) on delete set null,
    occurred_at     timestamptz not null,
    amount_cents    bigint not null check (amount_cents >= 0),
    currency        text not null default 'TRY',
    status          text not null default 'DRAFT' check (status in ('DRAFT', 'CONFIRMED', 'CANCELED')),
    external_ref    text,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now()
);

-- Confirms a draft sale and queues it once, with its conversation's click ids.
-- Locks: the sale's row, so that two confirmations of one sale take turns.
do $do$
begin
    if to_regprocedure('public.confirm_sale_and_enqueue(uuid)') is not null then
        return;
    end if;

    execute $sql$
        create function public.confirm_sale_and_enqueue(p_sale_id uuid)
        returns table (sale_id uuid, new_status text, enqueued boolean)
        language plpgsql
        security definer
        set search_path = ''
        as $body$
        #variable_conflict use_column
        declare
            v_sale   public.sales;
            v_source jsonb;
            v_queued uuid;
        begin
            select s.* into v_sale from public.sales s where s.id = p_sale_id for update;
            if not found then
                raise exception 'sale_not_found';
            end if;
            if v_sale.status <> 'DRAFT' then
                raise exception 'sale_already_confirmed_or_canceled';
            end if;

            update public.sales s set status = 'CONFIRMED', updated_at = now() where s.id = p_sale_id;
            select c.primary_source into v_source
            from public.conversations c
            where c.id = v_sale.conversation_id;

            insert into public.offline_conversion_queue
                (site_id, sale_id, provider_key, gclid, wbraid, gbraid, conversion_time, value_cents, currency)
            values
                (v_sale.site_id, v_sale.id, 'google_ads', v_source ->> 'gclid', v_source ->> 'wbraid',
                 v_source ->> 'gbraid', v_sale.occurred_at, v_sale.amount_cents, v_sale.currency)
            on conflict (sale_id) do nothing
            returning id into v_queued;

            return query select v_sale.id, 'CONFIRMED'::text, v_queued is not null;
        end
        $body$
    $sql$;

    revoke execute on function public.confirm_sale_and_enqueue(uuid) from public;
    grant execute on function public.confirm_sale_and_enqueue(uuid) to service_role;
end
$do$;

-- Where the application guards its sites by row security, the worker may still see whether one exists.
grant select on public.sites to service_role;
drop policy if exists service_role_reads_sites on public.sites;
create policy service_role_reads_sites on public.sites for select to service_role using (true);
