-- The database as the dashboard left it before this worker: no claim columns, next_retry_at mandatory, columns of an
-- older design, functions that ask for the JWT's role, a trigger on updated_at. Built from the contract's notes.
create schema auth;
create function auth.role() returns text language sql as $$ select null::text $$;
do $$ begin create role anon nologin; exception when duplicate_object or unique_violation then null; end $$;
do $$ begin create role authenticated nologin; exception when duplicate_object or unique_violation then null; end $$;

create table sites (id uuid primary key, name text not null, domain text);
create table conversations (
    id uuid primary key default gen_random_uuid(), site_id uuid not null references sites on delete cascade,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
    status text not null default 'OPEN', primary_source jsonb, notes text);
create table sales (
    id uuid primary key default gen_random_uuid(), site_id uuid not null references sites on delete cascade,
    conversation_id uuid references conversations on delete set null, occurred_at timestamptz not null,
    amount_cents bigint not null check (amount_cents >= 0), currency text not null default 'TRY',
    status text not null default 'DRAFT', external_ref text, notes text,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now());

create table offline_conversion_queue (
    id uuid primary key default gen_random_uuid(),
    site_id uuid not null,
    sale_id uuid not null unique references sales on delete cascade,
    provider text not null default 'google_ads',
    provider_key text not null default 'google_ads',
    action text not null default 'purchase',
    gclid text, wbraid text, gbraid text,
    conversion_time timestamptz not null,
    value_cents bigint not null,
    currency text not null default 'TRY',
    payload jsonb not null default '{}',
    status text not null default 'QUEUED'
        check (status in ('QUEUED', 'PROCESSING', 'COMPLETED', 'RETRY', 'FAILED')),
    attempt_count int not null default 0,
    retry_count int not null default 0,
    next_retry_at timestamptz not null default now(),
    last_error text,
    provider_ref text,
    provider_error_category text check (provider_error_category in ('VALIDATION', 'AUTH', 'TRANSIENT', 'RATE_LIMIT')),
    uploaded_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now());

create function set_updated_at() returns trigger language plpgsql as $$
begin new.updated_at := now(); return new; end $$;
create trigger set_updated_at before update on offline_conversion_queue for each row execute function set_updated_at();

create table provider_credentials (
    id uuid primary key default gen_random_uuid(), site_id uuid not null references sites,
    provider_key text not null, encrypted_payload text not null, key_fingerprint text not null,
    is_active boolean not null default true, created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(), unique (site_id, provider_key));
create type provider_circuit_state as enum ('CLOSED', 'OPEN', 'HALF_OPEN');
create table provider_health_state (
    site_id uuid, provider_key text, state provider_circuit_state not null default 'CLOSED',
    failure_count int not null default 0, last_failure_at timestamptz, opened_at timestamptz,
    next_probe_at timestamptz, probe_limit int not null default 5, updated_at timestamptz not null default now(),
    primary key (site_id, provider_key));
create table provider_upload_metrics (
    site_id uuid, provider_key text, attempts_total bigint not null default 0,
    completed_total bigint not null default 0, failed_total bigint not null default 0,
    retry_total bigint not null default 0, updated_at timestamptz not null default now(),
    primary key (site_id, provider_key));
alter table sites enable row level security;
alter default privileges in schema public grant all on tables to anon, authenticated;
alter table offline_conversion_queue enable row level security;
alter table provider_credentials enable row level security;

create function confirm_sale_and_enqueue(p_sale_id uuid)
returns table (sale_id uuid, new_status text, enqueued boolean) language sql as $$
    select p_sale_id, 'the application''s own'::text, false $$;
create function get_provider_health_state(p_site_id uuid, p_provider_key text)
returns table (state provider_circuit_state, failure_count int) language plpgsql security definer as $$
begin
    if auth.role() <> 'service_role' then raise exception 'forbidden'; end if;
    return query select h.state, h.failure_count from provider_health_state h;
end $$;
create function record_provider_outcome(
    p_site_id uuid, p_provider_key text, p_is_success boolean, p_is_transient boolean)
returns void language plpgsql security definer as $$
begin
    if coalesce(auth.role(), '') <> 'service_role' then raise exception 'forbidden'; end if;
end $$;
create function recover_stuck_offline_conversion_jobs(p_min_age_minutes int default 15)
returns int language plpgsql security definer as $$
begin
    if coalesce(auth.role(), '') <> 'service_role' then raise exception 'forbidden'; end if;
    return 0;
end $$;

insert into sites values ('5e000000-0000-0000-0000-000000000001', 'Cafe', 'cafe.example');
insert into sales (id, site_id, occurred_at, amount_cents, status, notes)
select ('5a000000-0000-0000-0000-00000000000' || n)::uuid, '5e000000-0000-0000-0000-000000000001',
       now() - interval '3 days', 1000 + n, 'CONFIRMED', 'kept'
from generate_series(1, 5) n;
insert into offline_conversion_queue
    (sale_id, site_id, gclid, conversion_time, value_cents, status, attempt_count, retry_count, last_error,
     provider_error_category)
select s.id, s.site_id, 'gclid-' || s.amount_cents, s.occurred_at, s.amount_cents,
       (array['QUEUED', 'PROCESSING', 'COMPLETED', 'RETRY', 'FAILED'])[s.amount_cents - 1000],
       s.amount_cents - 1000, 1, 'before', 'TRANSIENT'
from sales s;
insert into provider_upload_metrics values ('5e000000-0000-0000-0000-000000000001', 'google_ads', 10, 5, 3, 2);
insert into provider_health_state (site_id, provider_key, failure_count)
values ('5e000000-0000-0000-0000-000000000001', 'google_ads', 2);
