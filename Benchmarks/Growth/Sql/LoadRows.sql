-- Rows by the million, each site in turn: due now, or else ended over two years, oldest first. Every index and key is
-- taken off for the load and made again as it was. The sales themselves are left out: the worker's statements never read
-- them.
create procedure bench_load_rows(p_rows bigint, p_due boolean)
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
         updated_at)
    select s.ids[1 + n % cardinality(s.ids)], gen_random_uuid(), 'loaded-' || n, t.at - interval '2 days', 12345,
           case when p_due then 'QUEUED' when n % 20 = 0 then 'FAILED' else 'COMPLETED' end,
           case when p_due then 0 else 1 end,
           case when not p_due then n::text end,
           case when not p_due then t.at end,
           t.at - interval '5 minutes', t.at
    from (select array_agg(id) as ids from sites) s
    cross join generate_series(1, p_rows) n
    cross join lateral (select now() - interval '700 days' + n * (interval '690 days' / p_rows) as at) t;

    set local maintenance_work_mem = '512MB';
    for i in 1 .. cardinality(v_again) loop
        execute v_again[i];
    end loop;
end
$$
