-- Which of the worker's changes of a status the dashboard's own triggers refuse, and what they say: they are tried on a copy of a row, in
-- a temporary table of the queue's columns and name, in a transaction that is taken back. A trigger that looks up more than the row finds
-- it all. Triggers after the row, and of other tables, are not tried.
-- Locks: ACCESS SHARE on the queue and on sales; what a trigger locks itself, until the trial ends.
create temporary table offline_conversion_queue (like public.offline_conversion_queue including defaults) on commit drop;
create temporary table sample (like public.offline_conversion_queue including defaults) on commit drop;
create temporary table refused (trigger text, from_status text, to_status text, message text) on commit drop;
do $$
declare
    -- No error of anybody's.
    c_passed constant text := 'OM001';
    v_table   text;
    v_name    name;
    v_trigger record;
    v_step    record;
begin
    foreach v_table in array array['offline_conversion_queue', 'sample']
    loop
        for v_name in
            select a.attname
            from pg_catalog.pg_attribute a
            where a.attrelid = ('pg_temp.' || v_table)::regclass and a.attnum > 0 and not a.attisdropped and a.attnotnull
        loop
            execute format('alter table pg_temp.%I alter column %I drop not null', v_table, v_name);
        end loop;
    end loop;

    -- A sale's row, one that still waits if there is one: what an old one says of its end fits no other status. Without an index of it,
    -- millions of other rows may stand before the first.
    insert into pg_temp.sample
    select r.*
    from (select q.* from public.offline_conversion_queue q limit 100000) r
    where r.sale_id is not null
    order by r.status = 'QUEUED' desc
    limit 1;
    if not found then
        insert into pg_temp.sample (id, site_id, sale_id, conversion_time, value_cents, created_at, updated_at)
        select gen_random_uuid(), coalesce(s.site_id, gen_random_uuid()), coalesce(s.id, gen_random_uuid()), now(), 1, now(), now()
        from (values (1)) as one (n)
        left join (select s.id, s.site_id from public.sales s limit 1) s on true;
    end if;

    -- What a trigger says may quote the row, and is shown.
    for v_name in
        select a.attname
        from pg_catalog.pg_attribute a
        where a.attrelid = 'pg_temp.sample'::regclass and a.attname in ('gclid', 'wbraid', 'gbraid', 'user_identifiers') and not a.attisdropped
    loop
        execute format('update pg_temp.sample set %I = null', v_name);
    end loop;
    update pg_temp.sample s set gclid = 'click';

    for v_trigger in
        select t.tgname, pg_get_triggerdef(t.oid) as definition
        from pg_catalog.pg_trigger t
        where t.tgrelid = 'public.offline_conversion_queue'::regclass
          and not t.tgisinternal
          and t.tgenabled in ('O', 'A')
          -- Row, before, update.
          and t.tgtype & 19 = 19
        order by t.tgname
    loop
        for v_step in
            select split_part(s.step, '>', 1) as from_status, split_part(s.step, '>', 2) as to_status
            from unnest(array[
                'QUEUED>PROCESSING', 'QUEUED>FAILED', 'RETRY>PROCESSING', 'RETRY>FAILED', 'RETRY>QUEUED', 'FAILED>QUEUED',
                'PROCESSING>COMPLETED', 'PROCESSING>RETRY', 'PROCESSING>FAILED', 'PROCESSING>QUEUED',
                'PROCESSING>SUBMITTED', 'SUBMITTED>COMPLETED', 'SUBMITTED>RETRY', 'SUBMITTED>FAILED',
                'COMPLETED>QUEUED']) as s (step)
        loop
            -- A block with a handler is a subtransaction; this one always ends in an error, and so leaves nothing of its trial.
            begin
                update pg_temp.sample s set status = v_step.from_status;
                insert into pg_temp.offline_conversion_queue select s.* from pg_temp.sample s;
                -- Not before: it may be one of inserts, too.
                execute replace(v_trigger.definition, ' ON public.offline_conversion_queue ', ' ON pg_temp.offline_conversion_queue ');
                update pg_temp.offline_conversion_queue q
                set status = v_step.to_status, next_retry_at = now() + interval '1 minute', updated_at = now();
                if not exists (select from pg_temp.offline_conversion_queue q where q.status = v_step.to_status) then
                    raise exception 'it leaves the status as it was';
                end if;
                raise exception using errcode = c_passed;
            exception
                when others then
                    if sqlstate <> c_passed then
                        insert into pg_temp.refused values (v_trigger.tgname, v_step.from_status, v_step.to_status, sqlerrm);
                    end if;
            end;
        end loop;
    end loop;
end
$$;
select r.trigger, r.from_status, r.to_status, left(r.message, 200)
from pg_temp.refused r
