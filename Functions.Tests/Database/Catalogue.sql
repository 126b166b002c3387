-- All that the catalogue says of schema public, one line per object; what no object has (publications, rules of views) is
-- not here. Rights are compared as sets, because the order of an ACL tells only in which order they were granted.
with spaces as (
    select n.oid, n.nspname, n.nspowner, n.nspacl
    from pg_namespace n
    where n.nspname = 'public'
),
relations as (
    select c.*, c.oid::regclass::text as name
    from pg_class c
    join spaces s on s.oid = c.relnamespace
),
granted as (
    select format('schema %s', s.nspname) as object, a.*
    from spaces s
    cross join aclexplode(coalesce(s.nspacl, acldefault('n', s.nspowner))) a
    union all
    select format('table %s', c.name), a.*
    from relations c
    cross join aclexplode(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))) a
    where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union all
    select format('column %s.%s', c.name, t.attname), a.*
    from relations c
    join pg_attribute t on t.attrelid = c.oid
    cross join aclexplode(t.attacl) a
    union all
    select format('function %s', p.oid::regprocedure), a.*
    from pg_proc p
    join spaces s on s.oid = p.pronamespace
    cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    union all
    select format('type %s', t.typname), a.*
    from pg_type t
    join spaces s on s.oid = t.typnamespace
    cross join aclexplode(coalesce(t.typacl, acldefault('T', t.typowner))) a
),
described as (
    select format('schema %s', s.nspname) as object, format('owner %s', s.nspowner::regrole) as text
    from spaces s
    union all
    select format('relation %s', c.name),
           format('kind %s, owner %s, persistence %s, row security %s, forced %s, access method %s, identity %s, options %s, '
                  'inherits %s, rules %s',
                  c.relkind, c.relowner::regrole, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, c.relam,
                  c.relreplident, c.reloptions, c.relispartition, c.relhasrules)
    from relations c
    where c.relkind <> 'i'
    union all
    select format('column %s.%s', c.name, a.attname),
           format('position %s, type %s, not null %s, default %s, identity %s, generated %s, collation %s, storage %s, '
                  'statistics %s, options %s, own %s',
                  a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
                  a.attidentity, a.attgenerated, nullif(a.attcollation, 0)::regcollation, a.attstorage, a.attstattarget,
                  a.attoptions, a.attislocal)
    from relations c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relkind <> 'i'
    union all
    select format('constraint %s of %s', o.conname, coalesce(nullif(o.conrelid, 0)::regclass::text, o.contypid::regtype::text)),
           format('%s, validated %s, local %s, inherited %s', pg_get_constraintdef(o.oid), o.convalidated, o.conislocal,
                  o.coninhcount)
    from pg_constraint o
    join spaces s on s.oid = o.connamespace
    union all
    select format('index %s', c.name),
           format('%s, owner %s, valid %s, ready %s, clustered %s, identity %s, constraint %s', pg_get_indexdef(c.oid),
                  c.relowner::regrole, i.indisvalid, i.indisready, i.indisclustered, i.indisreplident, i.indimmediate)
    from relations c
    join pg_index i on i.indexrelid = c.oid
    union all
    select format('sequence %s', c.name),
           format('type %s, start %s, increment %s, minimum %s, maximum %s, cache %s, cycle %s, of %s',
                  q.seqtypid::regtype, q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, q.seqcycle,
                  d.refobjid::regclass || '.' || d.refobjsubid)
    from relations c
    join pg_sequence q on q.seqrelid = c.oid
    left join pg_depend d on d.objid = c.oid and d.deptype in ('a', 'i') and d.refclassid = 'pg_class'::regclass
    union all
    select format('view %s', c.name), pg_get_viewdef(c.oid)
    from relations c
    where c.relkind in ('v', 'm')
    union all
    select format('function %s', p.oid::regprocedure),
           format('owner %s, kind %s, security definer %s, settings %s, strict %s, volatile %s, parallel %s, leakproof %s, '
                  'cost %s, rows %s, %s',
                  p.proowner::regrole, p.prokind, p.prosecdef, p.proconfig, p.proisstrict, p.provolatile, p.proparallel,
                  p.proleakproof, p.procost, p.prorows, pg_get_functiondef(p.oid))
    from pg_proc p
    join spaces s on s.oid = p.pronamespace
    where p.prokind <> 'a'
    union all
    select format('trigger %s of %s', t.tgname, c.name), format('%s, enabled %s', pg_get_triggerdef(t.oid), t.tgenabled)
    from relations c
    join pg_trigger t on t.tgrelid = c.oid
    where not t.tgisinternal
    union all
    select format('policy %s of %s', y.policyname, y.tablename),
           format('%s for %s to %s using %s check %s', y.permissive, y.cmd, y.roles, y.qual, y.with_check)
    from pg_policies y
    join spaces s on s.nspname = y.schemaname
    union all
    select format('type %s', t.typname),
           format('kind %s, owner %s, labels %s', t.typtype, t.typowner::regrole,
                  (select string_agg(e.enumlabel, ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid))
    from pg_type t
    join spaces s on s.oid = t.typnamespace
    union all
    select format('statistics %s', x.stxname), pg_get_statisticsobjdef(x.oid)
    from pg_statistic_ext x
    join spaces s on s.oid = x.stxnamespace
    union all
    select format('extension %s', e.extname), e.extversion
    from pg_extension e
    union all
    select format('default privileges of %s in %s for %s', f.defaclrole::regrole, f.defaclnamespace::regnamespace, f.defaclobjtype),
           (select string_agg(i::text, ', ' order by i::text) from unnest(f.defaclacl) i)
    from pg_default_acl f
    union all
    select format('role %s', r.rolname),
           format('superuser %s, inherits %s, creates roles %s, databases %s, login %s, replication %s, connections %s, '
                  'bypasses row security %s, settings %s',
                  r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolreplication, r.rolconnlimit,
                  r.rolbypassrls, r.rolconfig)
    from pg_roles r
    where r.rolname in ('service_role', 'anon', 'authenticated')
    union all
    select format('comment on %s', i.identity), m.description
    from pg_description m
    cross join pg_identify_object(m.classoid, m.objoid, m.objsubid) i
    where i.schema = 'public'
    union all
    select g.object,
           format('%s by %s may %s', coalesce(nullif(g.grantee, 0)::regrole::text, 'public'), g.grantor::regrole,
                  string_agg(g.privilege_type || case when g.is_grantable then ' and grant it' else '' end, ', '
                             order by g.privilege_type))
    from granted g
    group by g.object, g.grantee, g.grantor
)
select d.object || ': ' || coalesce(d.text, '')
from described d
order by 1
