-- What a dashboard's newer database (May 2026: calls in the queue, statuses of its own) needs before our scripts may run on it; nothing
-- on any other. `migrate` executes the statements first, in the scripts' transaction, and looks each time: the dashboard may change its
-- tables after we joined them.
-- Locks: none; the catalogue only. What its statements lock is in the answer.
with queue as (
    select c.oid,
           not s.attnotnull as has_rows_without_sale,
           exists (
               select
               from pg_catalog.pg_attribute e
               where e.attrelid = c.oid and e.attname = 'external_id' and e.attnotnull and not e.atthasdef
           ) as wants_external_id
    from pg_catalog.pg_class c
    join pg_catalog.pg_attribute s on s.attrelid = c.oid and s.attname = 'sale_id'
    where c.oid = to_regclass('public.offline_conversion_queue') and c.relkind in ('r', 'p')
),
-- Checks of the status alone. Widened by SUBMITTED, 0002_queue.sql leaves them in place; it would replace a narrower one by ours,
-- and the dashboard's own statuses would be refused.
checks as (
    select string_agg(format('drop constraint %I, ', c.conname), '' order by c.conname) as drops,
           string_agg('(' || pg_get_expr(c.conbin, c.conrelid) || ')', ' and ' order by c.conname) as condition,
           coalesce(bool_or(position('SUBMITTED' in pg_get_expr(c.conbin, c.conrelid)) > 0), false) as is_wide
    from queue q
    join pg_catalog.pg_attribute a on a.attrelid = q.oid and a.attname = 'status'
    join pg_catalog.pg_constraint c on c.conrelid = q.oid and c.contype = 'c' and c.conkey = array[a.attnum]
)
-- Named by a policy below, before 0001_application.sql makes it.
select null as table, null as lock, 'create role service_role nologin' as statement
from queue q
where q.has_rows_without_sale and not exists (select from pg_catalog.pg_roles r where r.rolname = 'service_role')
union all
select 'sales', 'ACCESS EXCLUSIVE', 'alter table public.sales add column external_ref text'
from pg_catalog.pg_class c
where c.oid = to_regclass('public.sales')
  and c.relkind in ('r', 'p')
  and not exists (
      select from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attname = 'external_ref' and not a.attisdropped)
union all
-- "not valid" reads no rows: all of them satisfied the narrower check.
select 'offline_conversion_queue', 'ACCESS EXCLUSIVE',
       format('alter table public.offline_conversion_queue %sadd constraint offline_conversion_queue_status_check '
              || 'check (%s or status = ''SUBMITTED'') not valid', c.drops, coalesce('(' || c.condition || ')', 'status <> '''''))
from queue q
cross join checks c
where q.has_rows_without_sale and not c.is_wide
union all
-- Logins that are members of service_role, as the worker's, see sales alone, whatever they ask for; the dashboard, which becomes
-- service_role itself, sees what it always saw. Restrictive: beside it, the dashboard's own policies are not asked, which a worker may
-- have no right to.
select 'offline_conversion_queue', 'ACCESS EXCLUSIVE',
       $sql$create policy opsmantik_sales_only on public.offline_conversion_queue as restrictive for all to service_role
    using (sale_id is not null or current_user = 'service_role')
    with check (true)$sql$
from queue q
where q.has_rows_without_sale
  and not exists (select from pg_catalog.pg_policy p where p.polrelid = q.oid and p.polname = 'opsmantik_sales_only')
union all
-- The key of a sale's row as the dashboard makes it, for rows that come without: from confirm_sale_and_enqueue() and enqueue_sales().
select 'offline_conversion_queue', 'SHARE ROW EXCLUSIVE',
       $sql$create or replace function public.fill_offline_conversion_external_id()
returns trigger
language plpgsql
set search_path = ''
as $body$
declare
    -- Not all of these columns are everywhere.
    v_row constant jsonb := to_jsonb(new);
begin
    new.external_id := 'oci_' || left(encode(sha256(convert_to(
        concat_ws('|',
            lower(coalesce(nullif(btrim(v_row ->> 'provider_key'), ''), 'google_ads')),
            lower(coalesce(nullif(btrim(v_row ->> 'action'), ''), 'purchase')),
            new.sale_id::text,
            coalesce(v_row ->> 'call_id', ''),
            coalesce(v_row ->> 'session_id', '')), 'UTF8')), 'hex'), 32);
    return new;
end
$body$;
create trigger opsmantik_external_id
    before insert on public.offline_conversion_queue
    for each row
    when (new.external_id is null and new.sale_id is not null)
    execute function public.fill_offline_conversion_external_id()$sql$
from queue q
where q.wants_external_id
  and not exists (select from pg_catalog.pg_trigger t where t.tgrelid = q.oid and t.tgname = 'opsmantik_external_id')
