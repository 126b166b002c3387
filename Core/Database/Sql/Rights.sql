-- Where the rights on our tables, sequences, columns and functions are not as they should be: what is missing and what is too
-- much, each with the statement that puts it right. `migrate` executes those after the scripts, `doctor` names them.
-- This is the only list: who has nothing in it gets nothing, whatever default privileges give to what is created, as Supabase's
-- do to its web roles, and whatever a script forgot.
-- Locks: none; the catalogue only.
with tables (who, thing, rights) as (
    -- The worker: what its statements do, and no more (RoleRightsTests takes each away and sees one of them fail).
    values ('worker', 'sites', 'SELECT'),
           ('worker', 'offline_conversion_queue', 'SELECT,UPDATE'),
           ('worker', 'provider_credentials', 'SELECT'),
           ('worker', 'provider_health_state', 'SELECT,INSERT,UPDATE'),
           ('worker', 'provider_upload_metrics', 'SELECT,INSERT,UPDATE'),
           ('worker', 'provider_upload_requests', 'SELECT,INSERT,UPDATE'),
           ('worker', 'provider_upload_attempts', 'SELECT,INSERT'),
           ('worker', 'offline_conversion_set_aside', 'SELECT,INSERT,UPDATE,DELETE'),
           ('worker', 'conversion_corrections', 'SELECT,UPDATE'),
           ('worker', 'sale_changes_missed', 'SELECT,DELETE'),
           ('worker', 'provider_backlog_samples', 'SELECT,INSERT,DELETE'),
           ('worker', 'provider_reconciliations', 'SELECT,INSERT,UPDATE,DELETE'),
           ('worker', 'provider_reconciliation_days', 'SELECT,INSERT,UPDATE,DELETE'),
           ('worker', 'provider_request_limits', 'SELECT,INSERT,UPDATE'),
           ('worker', 'operator_alerts', 'SELECT,INSERT,UPDATE,DELETE'),
           ('worker', 'worker_ticks', 'SELECT,INSERT,UPDATE'),
           ('worker', 'opsmantik_migrations', 'SELECT'),
           -- The command line, beside the worker's; and the seed endpoint, which production does not have.
           ('operator', 'operator_audit', 'SELECT,INSERT'),
           ('operator', 'provider_credentials', 'INSERT,UPDATE'),
           -- Supabase's dashboard writes as service_role.
           ('dashboard', 'offline_conversion_queue', 'INSERT'),
           ('dashboard', 'provider_credentials', 'INSERT,UPDATE')
),
functions (who, signature) as (
    values ('worker', 'record_provider_outcome(uuid, text, boolean, boolean)'),
           ('worker', 'settle_provider_circuit(uuid, text, uuid, boolean, boolean)'),
           ('worker', 'take_provider_probe(uuid, text, uuid, uuid, interval)'),
           ('worker', 'increment_provider_upload_metrics(uuid, text, bigint, bigint, bigint, bigint)'),
           ('worker', 'count_provider_upload(uuid, text, bigint, bigint, bigint, bigint, bigint)'),
           ('worker', 'recover_stuck_offline_conversion_jobs(int)'),
           ('worker', 'fail_endless_offline_conversion_jobs(int)'),
           ('worker', 'end_refused_offline_conversion_job(uuid, text, uuid, uuid, text)'),
           ('worker', 'try_offline_conversion_claim(uuid, uuid[])'),
           ('worker', 'end_refused_waiting_jobs(text, uuid, int)'),
           ('worker', 'end_refused_waiting_job(uuid, text, uuid, text)'),
           ('worker', 'correct_sale(uuid)'),
           ('worker', 'correct_pending_sales()'),
           ('worker', 'carried_json(jsonb)'),
           ('worker', 'count_offline_conversion_rows_of_others(int)'),
           ('operator', 'find_sale(uuid)'),
           ('operator', 'change_sale(uuid, bigint, text, text)'),
           ('operator', 'is_correction_current(uuid)'),
           ('operator', 'enqueue_sales(jsonb, text)'),
           ('operator', 'judge_sales(jsonb)'),
           -- Dashboards call these by name, as service_role.
           ('worker', 'get_provider_health_state(uuid, text)'),
           ('worker', 'set_provider_state_half_open(uuid, text)'),
           ('worker', 'confirm_sale_and_enqueue(uuid)'),
           -- Triggers ask for no right when they fire.
           ('nobody', 'guard_offline_conversion_claim()'),
           ('nobody', 'fill_offline_conversion_external_id()'),
           ('nobody', 'note_sale_change()'),
           ('nobody', 'refuse_operator_audit_change()'),
           ('nobody', 'refuse_ledger_change()'),
           ('nobody', 'stamp_operator_audit()')
),
member (name) as (
    select m.rolname::text
    from pg_catalog.pg_auth_members a
    join pg_catalog.pg_roles g on g.oid = a.roleid
    join pg_catalog.pg_roles m on m.oid = a.member
    where g.rolname = 'service_role'
),
-- Where the migrating login could not make a role for them, operators share the worker's.
roles (who, name) as (
    select 'worker', 'service_role'
    union all
    select 'operator',
           case when exists (select from member m where m.name = 'opsmantik_operator') then 'opsmantik_operator' else 'service_role' end
    union all
    -- PostgREST's login, which becomes service_role for the dashboard's server.
    select 'dashboard', 'service_role'
    where exists (select from member m where m.name = 'authenticator')
),
-- The application's own are left as they are, but for what we made of them on an empty database: its sites have a name at least.
application (is_ours) as (
    select not exists (
        select
        from pg_catalog.pg_attribute a
        where a.attrelid = to_regclass('public.sites') and a.attnum > 0 and not a.attisdropped and a.attname <> 'id')
),
relations as (
    select c.oid, c.relname, c.relowner, c.relacl, c.relname <> all (array['sites', 'conversations', 'sales']) or a.is_ours as is_ours
    from pg_catalog.pg_class c
    cross join application a
    where c.relnamespace = 'public'::regnamespace
      and c.relkind in ('r', 'p')
      and (c.relname in (select t.thing from tables t) or c.relname in ('conversations', 'sales'))
),
things (type, oid, name, owner, acl, is_ours) as (
    select 'r'::"char", r.oid, format('%I', r.relname), r.relowner, r.relacl, r.is_ours
    from relations r
    union all
    select 's', s.oid, format('%I', s.relname), s.relowner, s.relacl, r.is_ours
    from relations r
    join pg_catalog.pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = r.oid and d.deptype in ('a', 'i')
    join pg_catalog.pg_class s on d.classid = 'pg_class'::regclass and s.oid = d.objid and s.relkind = 'S'
    union all
    select 'f', p.oid, format('%I(%s)', p.proname, pg_get_function_identity_arguments(p.oid)), p.proowner, p.proacl,
           p.proname <> 'confirm_sale_and_enqueue' or p.prosecdef and position('#variable_conflict use_column' in p.prosrc) > 0
    from functions f
    join pg_catalog.pg_proc p on p.oid = to_regprocedure('public.' || f.signature)
),
wanted (role, type, oid, privilege) as (
    select w.name, t.type, t.oid, r.privilege
    from tables n
    join roles w on w.who = n.who
    join things t on t.type = 'r' and t.name = n.thing
    cross join unnest(string_to_array(n.rights, ',')) as r (privilege)
    union
    select w.name, t.type, t.oid, 'EXECUTE'
    from functions f
    join roles w on w.who = f.who
    join things t on t.type = 'f' and t.oid = to_regprocedure('public.' || f.signature)
),
acls (type, oid, is_ours, owner, acl, attribute) as (
    select t.type, t.oid, t.is_ours, t.owner, coalesce(t.acl, acldefault(t.type, t.owner)), null::name
    from things t
    union all
    select t.type, t.oid, t.is_ours, t.owner, a.attacl, a.attname
    from things t
    join pg_catalog.pg_attribute a on t.type = 'r' and a.attrelid = t.oid and a.attnum > 0 and a.attacl is not null
),
granted (role, type, oid, privilege, is_ours) as (
    select r.name, a.type, a.oid, e.privilege_type || coalesce(' (' || quote_ident(a.attribute) || ')', ''), a.is_ours
    from acls a
    cross join lateral aclexplode(a.acl) e
    cross join lateral (
        select case when e.grantee = 0 then 'public' else (select g.rolname::text from pg_catalog.pg_roles g where g.oid = e.grantee) end
    ) as r (name)
    where e.grantee <> a.owner
      and r.name in ('public', 'anon', 'authenticated', 'service_role', 'opsmantik_operator')
),
faults (role, type, oid, privilege, is_missing) as (
    select w.role, w.type, w.oid, w.privilege, true
    from wanted w
    join things t on t.type = w.type and t.oid = w.oid
    join pg_catalog.pg_roles r on r.rolname = w.role and r.oid <> t.owner
    where not exists (
        select
        from granted g
        where g.role = w.role and g.type = w.type and g.oid = w.oid and g.privilege = w.privilege)
    union
    select g.role, g.type, g.oid, g.privilege, false
    from granted g
    where g.is_ours
      and not exists (
          select
          from wanted w
          where w.role = g.role and w.type = g.type and w.oid = g.oid and w.privilege = g.privilege)
)
select f.role,
       t.name,
       f.privileges,
       f.is_missing,
       case when f.is_missing
            then format('grant %s on %s public.%s to %s', f.privileges, k.kind, t.name, f.role)
            else format('revoke %s on %s public.%s from %s cascade', f.privileges, k.kind, t.name, f.role)
       end as statement
from (
    select f.role, f.type, f.oid, f.is_missing, string_agg(f.privilege, ', ' order by f.privilege) as privileges
    from faults f
    group by f.role, f.type, f.oid, f.is_missing
) f
join things t on t.type = f.type and t.oid = f.oid
cross join lateral (select case f.type when 'r' then 'table' when 's' then 'sequence' else 'function' end) as k (kind)
order by f.is_missing desc, f.role, t.name
