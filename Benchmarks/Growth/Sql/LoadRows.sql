-- Rows by the million, each site in turn: due now, or else ended over two years, oldest first, a twentieth of them failed. Every index
-- and key is taken off for the load and made again as it was. The sales themselves are left out: the worker's statements never read
-- them.
-- p_waiting  Of the ended rows, one in so many waits instead, and a tenth as many for a retry; 0: none.
create procedure bench_load_rows(p_rows bigint, p_due boolean, p_waiting int default 0)
language plpgsql
as $$
declare
    v_again text[] := '{}';
    v_made  record;
begin
    for v_made in
        -- What refers to the table goes first and comes back last.
        select 1 as step,
               format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname) as away,
               format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) as again
        from pg_constraint c
        where c.confrelid = 'offline_conversion_queue'::regclass and c.contype = 'f'
        union all
        select 2, format('alter table offline_conversion_queue drop constraint %I', c.conname),
               format('alter table offline_conversion_queue add constraint %I %s', c.conname, pg_get_constraintdef(c.oid))
        from pg_constraint c
        where c.conrelid = 'offline_conversion_queue'::regclass and c.contype in ('p', 'u')
        union all
        select 2, format('drop index %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
        from pg_index i
        where i.indrelid = 'offline_conversion_queue'::regclass
          and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid)
        order by step
    loop
        execute v_made.away;
        v_again := v_made.again || v_again;
    end loop;

    -- The sales are not there to refer to.
    set local session_replication_role = replica;
    insert into offline_conversion_queue
        (site_id, sale_id, gclid, conversion_time, value_cents, status, claim_count, provider_ref, uploaded_at, created_at,
         updated_at, provider_error_code, provider_error_category)
    select s.ids[1 + n % cardinality(s.ids)], gen_random_uuid(), 'loaded-' || n, t.at - interval '2 days', 12345,
           k.status,
           case when k.status = 'QUEUED' then 0 else 1 end,
           case when k.status in ('COMPLETED', 'FAILED') then n::text end,
           case when k.status in ('COMPLETED', 'FAILED') then t.at end,
           t.at - interval '5 minutes', t.at,
           case when k.status in ('FAILED', 'RETRY') then 'CLICK_NOT_FOUND' end,
           case when k.status in ('FAILED', 'RETRY') then 'VALIDATION' end
    from (select array_agg(id) as ids from sites) s
    cross join generate_series(1, p_rows) n
    cross join lateral (select now() - interval '700 days' + n * (interval '690 days' / p_rows) as at) t
    -- By a hash, so that every site has some of each.
    cross join lateral (select hashint8(n) & 2147483647 as h) d
    cross join lateral (
        select case
                   when p_due or d.h % nullif(p_waiting, 0) = 0 then 'QUEUED'
                   when d.h % (nullif(p_waiting, 0) * 10) = 1 then 'RETRY'
                   when d.h % 20 = 2 then 'FAILED'
                   else 'COMPLETED'
               end as status
    ) k;

    set local maintenance_work_mem = '512MB';
    for i in 1 .. cardinality(v_again) loop
        execute v_again[i];
    end loop;
end
$$
