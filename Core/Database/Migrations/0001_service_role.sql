-- The worker's login is a member of this role and has no rights of its own. Roles belong to the whole server, so
-- another database's migration may have made it, even at this moment.
do $$
begin
    create role service_role nologin;
exception
    when duplicate_object then null;
    when unique_violation then null;
end
$$;
