-- The worker's login is a member of this role and has no rights of its own. Roles belong to the whole server, so
-- another database's migration may have made it, even at this moment.
do $$
begin
    -- Looked for first: without the right to create roles, "create" fails even where there is nothing to create.
    if not exists (select from pg_catalog.pg_roles r where r.rolname = 'service_role') then
        create role service_role nologin;
    end if;
exception
    when duplicate_object then null;
    when unique_violation then null;
end
$$;
