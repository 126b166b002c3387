-- What people do by hand: the audit of it, and sales that an operator enqueues from a file.

-- Who did what, and to how many rows. Append-only: not even its writers may change or remove a line.
create table if not exists public.operator_audit (
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

-- What was done to a site, in the order of time.
create index if not exists operator_audit_site_idx on public.operator_audit (site_id, created_at);

create or replace function public.refuse_operator_audit_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    raise exception 'operator_audit is append-only' using errcode = 'insufficient_privilege';
end
$$;

-- PostgreSQL 13 has no "create or replace trigger".
do $$
begin
    if not exists (
        select
        from pg_catalog.pg_trigger t
        where t.tgrelid = 'public.operator_audit'::regclass and t.tgname = 'operator_audit_append_only'
    ) then
        create trigger operator_audit_append_only
            before update or delete or truncate on public.operator_audit
            for each statement execute function public.refuse_operator_audit_change();
    end if;
end
$$;

-- Sales from a file, for an operator: what the dashboard would have queued and did not. The worker's role may not write to
-- the application's tables; the next function and enqueue_sales() (0007) are its only way, and that one cannot leave its line in the audit out.

-- How each sale of the file stands; reads only. A sale is the same one by its site and external_ref.
-- NEW, UNQUEUED (confirmed, but with no row in the queue) and THERE (it has a row) can be enqueued or left;
-- UNKNOWN_SITE, DRAFT, CANCELED and DIFFERS (same reference, another sale) cannot.
create or replace function public.judge_sales(p_sales jsonb)
returns table (line int, verdict text, sale_id uuid, status text)
language sql
stable
security definer
set search_path = ''
as $$
    select w.line,
           case
               when s.id is null then 'UNKNOWN_SITE'
               when o.id is null then 'NEW'
               when (o.occurred_at, o.amount_cents, o.currency) is distinct from (w.occurred_at, w.amount_cents, w.currency)
                    or w.click_id <> all (array_remove(array[q.gclid, q.gbraid, q.wbraid], null)) and q.id is not null
                   then 'DIFFERS'
               when q.id is not null then 'THERE'
               when o.status = 'CONFIRMED' then 'UNQUEUED'
               else o.status
           end,
           o.id,
           coalesce(q.status, o.status)
    from jsonb_to_recordset(p_sales) as w (
        line int, site_id uuid, external_ref text, click_id text, occurred_at timestamptz, amount_cents bigint, currency text)
    left join public.sites s on s.id = w.site_id
    left join public.sales o on o.site_id = w.site_id and o.external_ref = w.external_ref
    left join public.offline_conversion_queue q on q.sale_id = o.id
    order by w.line
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
        execute format('revoke all on public.operator_audit from %s', v_role);
        foreach v_function in array array['refuse_operator_audit_change()', 'judge_sales(jsonb)']
        loop
            execute format('revoke execute on function public.%s from %s', v_function, v_role);
        end loop;
    end loop;
end
$$;

grant select, insert on public.operator_audit to service_role;
grant execute on function public.judge_sales(jsonb) to service_role;
alter table public.operator_audit enable row level security;
drop policy if exists service_role_only on public.operator_audit;
create policy service_role_only on public.operator_audit for all to service_role using (true) with check (true);
