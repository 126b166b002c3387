-- The identity's name becomes a login without a password (not an administrator, no second factor), and a member of
-- service_role, which is all that it may do. psql's variable: worker.
select pgaadauth_create_principal(:'worker', false, false)
where not exists (select from pg_catalog.pg_roles where rolname = :'worker');

grant service_role to :"worker";
