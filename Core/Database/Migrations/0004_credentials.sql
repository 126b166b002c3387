-- Credentials: one sealed text per site and provider. The dashboard and the worker's operators write it, the worker opens
-- it with the vault's key; key_fingerprint tells which key sealed it.
create table if not exists public.provider_credentials (
    id                uuid primary key default gen_random_uuid(),
    site_id           uuid not null references public.sites (id) on delete cascade,
    provider_key      text not null,
    -- Base64; docs/architecture.md ("Secrets") names the format.
    encrypted_payload text not null,
    key_fingerprint   text not null,
    is_active         boolean not null default true,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now(),
    unique (site_id, provider_key)
);

-- service_role alone: other roles lose what the database's default privileges give them.
do $$
declare
    v_role text;
begin
    for v_role in
        select 'public'
        union all
        select quote_ident(r.rolname) from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
    loop
        execute format('revoke all on public.provider_credentials from %s', v_role);
    end loop;
end
$$;

grant select, insert, update on public.provider_credentials to service_role;
alter table public.provider_credentials enable row level security;
drop policy if exists service_role_only on public.provider_credentials;
create policy service_role_only on public.provider_credentials
    for all to service_role using (true) with check (true);
