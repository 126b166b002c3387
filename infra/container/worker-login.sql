-- The worker's login: a member of service_role, which is all that it may do. Each start sets its password anew, so that a
-- changed one takes effect. For psql, which has the password from its environment.
\getenv password WORKER_PASSWORD

select set_config('opsmantik.password', :'password', false) is not null as password_known;

do $$
begin
    if not exists (select from pg_catalog.pg_roles r where r.rolname = 'opsmantik_worker') then
        create role opsmantik_worker login;
    end if;
    execute format('alter role opsmantik_worker password %L', current_setting('opsmantik.password'));
end
$$;

grant service_role to opsmantik_worker;
