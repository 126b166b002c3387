-- Why this login may not migrate this database, or cannot: each reason by itself. Asked before anything is changed.
-- Locks: none; the catalogue only.
-- $1 tables that the steps lock  $2 functions that they replace  $3 tables that they make where they are missing
with needed (name, attribute, type) as (
    -- What the scripts and the worker take for granted, and the scripts do not add. Without a type: any that compares as ours does.
    values ('sites', 'id', 'uuid'),
           ('conversations', 'id', 'uuid'),
           ('conversations', 'site_id', 'uuid'),
           ('conversations', 'status', null),
           ('conversations', 'primary_source', 'jsonb'),
           ('sales', 'id', 'uuid'),
           ('sales', 'site_id', 'uuid'),
           ('sales', 'conversation_id', 'uuid'),
           ('sales', 'occurred_at', 'timestamp with time zone'),
           ('sales', 'amount_cents', null),
           ('sales', 'currency', null),
           ('sales', 'status', null),
           ('sales', 'updated_at', null),
           ('offline_conversion_queue', 'id', 'uuid'),
           ('offline_conversion_queue', 'site_id', 'uuid'),
           ('offline_conversion_queue', 'sale_id', 'uuid'),
           ('offline_conversion_queue', 'gclid', 'text'),
           ('offline_conversion_queue', 'wbraid', 'text'),
           ('offline_conversion_queue', 'gbraid', 'text'),
           ('offline_conversion_queue', 'conversion_time', 'timestamp with time zone'),
           ('offline_conversion_queue', 'value_cents', null),
           ('offline_conversion_queue', 'currency', null),
           ('offline_conversion_queue', 'status', 'text'),
           ('offline_conversion_queue', 'retry_count', 'integer'),
           ('offline_conversion_queue', 'next_retry_at', 'timestamp with time zone'),
           ('offline_conversion_queue', 'last_error', 'text'),
           ('offline_conversion_queue', 'created_at', 'timestamp with time zone'),
           ('offline_conversion_queue', 'updated_at', 'timestamp with time zone'),
           ('provider_credentials', 'site_id', 'uuid'),
           ('provider_credentials', 'provider_key', 'text'),
           ('provider_credentials', 'encrypted_payload', 'text'),
           ('provider_credentials', 'key_fingerprint', 'text'),
           ('provider_credentials', 'is_active', 'boolean'),
           ('provider_credentials', 'updated_at', 'timestamp with time zone'),
           ('provider_health_state', 'site_id', 'uuid'),
           ('provider_health_state', 'provider_key', 'text'),
           ('provider_health_state', 'state', null),
           ('provider_health_state', 'failure_count', 'integer'),
           ('provider_health_state', 'last_failure_at', 'timestamp with time zone'),
           ('provider_health_state', 'opened_at', 'timestamp with time zone'),
           ('provider_health_state', 'next_probe_at', 'timestamp with time zone'),
           ('provider_health_state', 'probe_limit', 'integer'),
           ('provider_upload_metrics', 'site_id', 'uuid'),
           ('provider_upload_metrics', 'provider_key', 'text'),
           ('provider_upload_metrics', 'attempts_total', 'bigint'),
           ('provider_upload_attempts', 'created_at', 'timestamp with time zone'),
           ('provider_upload_attempts', 'site_id', 'uuid'),
           ('provider_upload_attempts', 'batch_id', 'text'),
           ('provider_upload_attempts', 'phase', 'text')
),
filled (name, attributes) as (
    -- What the scripts' functions and the worker write into a new row, or the scripts give a default or admit null.
    -- Not of sales and conversations, which the dashboard writes: only `enqueue` would miss the column, and says so.
    values ('offline_conversion_queue', array[
               'id', 'site_id', 'sale_id', 'provider_key', 'gclid', 'wbraid', 'gbraid', 'conversion_time', 'value_cents', 'currency',
               'user_identifiers', 'payload', 'next_retry_at', 'external_id']),
           ('provider_credentials', array['site_id', 'provider_key', 'encrypted_payload', 'key_fingerprint']),
           ('provider_health_state', array['site_id', 'provider_key']),
           ('provider_upload_metrics', array['site_id', 'provider_key', 'attempts_total', 'completed_total', 'failed_total', 'retry_total']),
           ('provider_upload_attempts', array['id', 'batch_id', 'site_id', 'provider_key', 'phase', 'claimed_count'])
),
relations as (
    select c.oid, c.relname, c.relkind, c.relowner
    from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind <> all (array['i', 'I', 'c', 't', 'S']::"char"[])
),
here as (
    select r.oid, r.relname, r.relowner from relations r where r.relkind in ('r', 'p')
)
select format('PostgreSQL %s is too old: it must be 13 or newer', current_setting('server_version')) as reason
where current_setting('server_version_num')::int < 130000
union all
select 'the server takes no writes: it is a standby, or set to read only'
where pg_is_in_recovery() or current_setting('default_transaction_read_only') = 'on'
union all
select format('login %s may not create in the schema public: use one that may alter the schema', current_user)
where not has_schema_privilege('public', 'CREATE')
union all
select format('login %s may not make the role service_role, which is missing: use one that may create roles', current_user)
where not exists (select from pg_catalog.pg_roles r where r.rolname = 'service_role')
  and not exists (
      select from pg_catalog.pg_roles r where r.rolname = current_user and (r.rolsuper or r.rolcreaterole))
union all
select format(
           '%s of %s, of which login %s is no member: use one that may alter the schema',
           string_agg(o.name, ', ' order by o.name), pg_get_userbyid(o.owner), current_user)
from (
    select 'table ' || h.relname as name, h.relowner as owner
    from here h
    where h.relname = any ($1)
    union all
    select 'function ' || p.proname, p.proowner
    from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname = any ($2)
) o
where not pg_has_role(o.owner, 'USAGE')
group by o.owner
union all
select format('%s is no table', r.relname)
from relations r
where r.relname = any ($3) and r.relkind not in ('r', 'p')
union all
select case
           when a.attname is null then format('table %s has no column %s', n.name, n.attribute)
           else format('column %s of table %s is of type %s, and must be %s', n.attribute, n.name, format_type(a.atttypid, null), n.type)
       end
from needed n
join here h on h.relname = n.name
left join pg_catalog.pg_attribute a on a.attrelid = h.oid and a.attname = n.attribute and not a.attisdropped
-- A database that was joined before has what it needs; a dashboard that removed a column since is not helped by a refusal.
where n.name = any ($3) and (a.attname is null or format_type(a.atttypid, null) <> n.type)
union all
select format(
           'column %s of table %s must not be null, has no default, and is not written by the worker: give it a default, or let it be null',
           a.attname, h.relname)
from filled f
join here h on h.relname = f.name
join pg_catalog.pg_attribute a on a.attrelid = h.oid and a.attnum > 0 and not a.attisdropped
where f.name = any ($3)
  and a.attnotnull
  and not a.atthasdef
  and not exists (select from pg_catalog.pg_type y where y.oid = a.atttypid and y.typdefault is not null)
  and a.attidentity = ''
  and a.attname <> all (f.attributes)
  -- A trigger before the insert may fill it: nobody can tell.
  and not exists (
      select from pg_catalog.pg_trigger t where t.tgrelid = h.oid and not t.tgisinternal and t.tgenabled in ('O', 'A') and t.tgtype & 7 = 7)
union all
select format('table %s has no key of its column id', h.relname)
from here h
join pg_catalog.pg_attribute a on a.attrelid = h.oid and a.attname = 'id'
where (h.relname = 'offline_conversion_queue' and 'conversion_corrections' = any ($3)
       or h.relname = 'sites' and 'provider_credentials' = any ($3))
  and to_regclass('public.' || case h.relname when 'sites' then 'provider_credentials' else 'conversion_corrections' end) is null
  and not exists (
      select
      from pg_catalog.pg_index i
      where i.indrelid = h.oid and i.indisunique and i.indisvalid and i.indpred is null and i.indnkeyatts = 1
        and i.indkey[0] = a.attnum)
