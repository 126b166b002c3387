-- What decides which steps are left, beside the journal itself.
-- Locks: none; the catalogue only.
select to_regclass('public.offline_conversion_queue') is null as is_new,
       coalesce((
           select not a.attnotnull
           from pg_catalog.pg_attribute a
           where a.attrelid = to_regclass('public.offline_conversion_queue') and a.attname = 'sale_id'), false) as is_newer_queue,
       coalesce(pg_table_size(to_regclass('public.offline_conversion_queue')), 0) as queue_size
