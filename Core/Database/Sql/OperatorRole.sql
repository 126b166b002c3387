-- The operators' role, with the worker's rights and more (Rights.sql says which). Roles belong to the whole server, so another
-- database's migration may make it at this moment; without the right to create roles, "create" fails even where it exists.
do $$
begin
    if not exists (select from pg_catalog.pg_roles r where r.rolname = 'service_role') then
        return;
    end if;
    if not exists (select from pg_catalog.pg_roles r where r.rolname = 'opsmantik_operator') then
        create role opsmantik_operator nologin;
    end if;
    if not exists (
        select
        from pg_catalog.pg_auth_members a
        join pg_catalog.pg_roles g on g.oid = a.roleid and g.rolname = 'service_role'
        join pg_catalog.pg_roles m on m.oid = a.member and m.rolname = 'opsmantik_operator'
    ) then
        grant service_role to opsmantik_operator;
    end if;
exception
    when duplicate_object then null;
    when unique_violation then null;
end
$$
