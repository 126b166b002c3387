-- A dashboard's newer queue (Sql/Join.sql) also holds rows that are no sales, and statuses that are not ours: they stay as they are.
-- Locks: none; functions only.

-- As in 0002_queue.sql, but that a row without a sale is written as its writer says.
create or replace function public.guard_offline_conversion_claim()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if new.sale_id is null then
        return new;
    end if;
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

-- For people: how many rows of the queue are the dashboard's own, which row security keeps from the worker's logins. Each is
-- counted to p_most, so that a large table does not keep anybody waiting.
-- Locks: none. Index: offline_conversion_queue_sale_id_key for rows without a sale; of the others the table is read until there are
-- as many.
create or replace function public.count_offline_conversion_rows_of_others(p_most int)
returns table (without_sale bigint, other_status bigint)
language sql
stable
security definer
set search_path = ''
as $$
    select (select count(*)
            from (select from public.offline_conversion_queue q where q.sale_id is null limit p_most) c),
           (select count(*)
            from (
                select
                from public.offline_conversion_queue q
                where q.sale_id is not null
                  and q.status not in ('QUEUED', 'PROCESSING', 'SUBMITTED', 'COMPLETED', 'RETRY', 'FAILED')
                limit p_most) c)
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
        execute format('revoke execute on function public.count_offline_conversion_rows_of_others(int) from %s', v_role);
    end loop;
end
$$;

grant execute on function public.count_offline_conversion_rows_of_others(int) to service_role;
