-- Which of the worker's changes of a status the dashboard's own triggers refuse: they are tried on a temporary table of the queue's
-- columns and name, in a transaction that is taken back. Triggers after the row, and of other tables, are not tried.
-- Locks: ACCESS SHARE on the queue.
create temporary table offline_conversion_queue (like public.offline_conversion_queue including defaults) on commit drop;
create temporary table refused (trigger text, from_status text, to_status text, message text) on commit drop;
do $$
declare
    v_name    name;
    v_trigger record;
    v_step    record;
begin
    for v_name in
        select a.attname
        from pg_catalog.pg_attribute a
        where a.attrelid = 'pg_temp.offline_conversion_queue'::regclass and a.attnum > 0 and not a.attisdropped and a.attnotnull
    loop
        execute format('alter table pg_temp.offline_conversion_queue alter column %I drop not null', v_name);
    end loop;

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
        execute replace(v_trigger.definition, ' ON public.offline_conversion_queue ', ' ON pg_temp.offline_conversion_queue ');
        for v_step in
            select split_part(s.step, '>', 1) as from_status, split_part(s.step, '>', 2) as to_status
            from unnest(array[
                'QUEUED>PROCESSING', 'QUEUED>FAILED', 'RETRY>PROCESSING', 'RETRY>FAILED', 'RETRY>QUEUED', 'FAILED>QUEUED',
                'PROCESSING>COMPLETED', 'PROCESSING>RETRY', 'PROCESSING>FAILED', 'PROCESSING>QUEUED',
                'PROCESSING>SUBMITTED', 'SUBMITTED>COMPLETED', 'SUBMITTED>RETRY', 'SUBMITTED>FAILED',
                'COMPLETED>QUEUED']) as s (step)
        loop
            begin
                insert into pg_temp.offline_conversion_queue
                    (id, site_id, sale_id, conversion_time, value_cents, status, created_at, updated_at)
                values
                    (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now(), 1, v_step.from_status, now(), now());
                update pg_temp.offline_conversion_queue q
                set status = v_step.to_status, next_retry_at = now() + interval '1 minute', updated_at = now();
            exception
                when others then
                    insert into pg_temp.refused values (v_trigger.tgname, v_step.from_status, v_step.to_status, sqlerrm);
            end;
            delete from pg_temp.offline_conversion_queue;
        end loop;
        execute format('drop trigger %I on pg_temp.offline_conversion_queue', v_trigger.tgname);
    end loop;
end
$$;
select r.trigger, r.from_status, r.to_status, r.message
from pg_temp.refused r
