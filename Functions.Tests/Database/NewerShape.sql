-- The dashboard's database as it is since May 2026, in our own words: it queues calls, not sales, and uploads them itself. So a row
-- may have a call instead of a sale, statuses of its own, a key that each writer has to bring, and a trigger that lets only
-- known steps of the status pass. Sales have no reference, and there are no credentials.
create schema auth;
create function auth.role() returns text language sql stable as $$ select null::text $$;
-- The dashboard's policies call it. A login that connects directly may not.
revoke execute on function auth.role() from public;
do $$ begin create role anon nologin; exception when duplicate_object or unique_violation then null; end $$;
do $$ begin create role authenticated nologin; exception when duplicate_object or unique_violation then null; end $$;

create table sites (id uuid primary key default gen_random_uuid(), public_id text not null unique, name text not null, domain text);
create table calls (
    id uuid primary key default gen_random_uuid(), site_id uuid not null references sites on delete cascade,
    created_at timestamptz not null default now());
create table conversations (
    id uuid primary key default gen_random_uuid(), site_id uuid not null references sites on delete cascade,
    status text not null default 'OPEN', primary_call_id uuid references calls on delete set null, primary_source jsonb,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table sales (
    id uuid primary key default gen_random_uuid(), site_id uuid not null references sites on delete cascade,
    conversation_id uuid references conversations on delete set null, occurred_at timestamptz not null, amount_cents bigint not null,
    currency text not null default 'TRY', status text not null default 'DRAFT',
    created_at timestamptz not null default now(), updated_at timestamptz not null default now());

create table offline_conversion_queue (
    id uuid primary key default gen_random_uuid(),
    site_id uuid not null references sites on delete restrict,
    sale_id uuid,
    call_id uuid references calls on delete set null deferrable initially deferred,
    session_id uuid,
    provider text not null default 'google_ads',
    provider_key text not null default 'google_ads',
    action text not null default 'purchase',
    gclid text, wbraid text, gbraid text,
    conversion_time timestamptz not null,
    occurred_at timestamptz,
    value_cents bigint not null,
    currency text not null default 'TRY',
    payload jsonb not null default '{}',
    user_identifiers jsonb,
    status text not null default 'QUEUED',
    attempt_count int not null default 0,
    retry_count int not null default 0,
    next_retry_at timestamptz default now(),
    claimed_at timestamptz,
    last_error text,
    provider_ref text, provider_request_id text, provider_error_code text, provider_error_category text,
    uploaded_at timestamptz,
    external_id text not null,
    block_reason text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint offline_conversion_queue_sale_or_call_check check ((sale_id is null) <> (call_id is null)),
    constraint offline_conversion_queue_external_id_shape_chk check (external_id ~ '^oci_[0-9a-f]{32}$'),
    constraint offline_conversion_queue_time_check check (call_id is null or conversion_time = occurred_at),
    constraint offline_conversion_queue_retry_check
        check (status <> 'RETRY' or (next_retry_at is not null and next_retry_at > created_at)),
    constraint offline_conversion_queue_status_check check (status in (
        'QUEUED', 'RETRY', 'PROCESSING', 'UPLOADED', 'COMPLETED', 'COMPLETED_UNVERIFIED', 'FAILED', 'DEAD_LETTER_QUARANTINE',
        'VOIDED_BY_REVERSAL', 'BLOCKED_PRECEDING_SIGNALS')));
create unique index offline_conversion_queue_external_id_active on offline_conversion_queue (site_id, provider_key, external_id)
    where status not in ('VOIDED_BY_REVERSAL', 'COMPLETED', 'UPLOADED', 'COMPLETED_UNVERIFIED', 'FAILED');

create function guard_queue_status() returns trigger language plpgsql set search_path = public as $$
begin
    if old.status is distinct from new.status
       and old.status || '>' || new.status <> all (array[
           'QUEUED>PROCESSING', 'QUEUED>FAILED', 'RETRY>PROCESSING', 'RETRY>FAILED', 'RETRY>QUEUED',
           'PROCESSING>UPLOADED', 'PROCESSING>COMPLETED', 'PROCESSING>COMPLETED_UNVERIFIED', 'PROCESSING>FAILED',
           'PROCESSING>RETRY', 'PROCESSING>DEAD_LETTER_QUARANTINE', 'PROCESSING>QUEUED',
           'UPLOADED>COMPLETED', 'UPLOADED>COMPLETED_UNVERIFIED', 'UPLOADED>FAILED', 'UPLOADED>VOIDED_BY_REVERSAL',
           'FAILED>RETRY', 'FAILED>QUEUED', 'FAILED>DEAD_LETTER_QUARANTINE', 'FAILED>VOIDED_BY_REVERSAL',
           'BLOCKED_PRECEDING_SIGNALS>QUEUED', 'BLOCKED_PRECEDING_SIGNALS>FAILED', 'COMPLETED>VOIDED_BY_REVERSAL']) then
        raise exception 'illegal step of a status: % to %', old.status, new.status;
    end if;
    return new;
end $$;
create trigger queue_status_guard before update of status on offline_conversion_queue
    for each row execute function guard_queue_status();
create function set_updated_at() returns trigger language plpgsql as $$
begin new.updated_at := now(); return new; end $$;
create trigger set_updated_at before update on offline_conversion_queue for each row execute function set_updated_at();

alter default privileges in schema public grant all on tables to anon, authenticated;
alter table sites enable row level security;
alter table offline_conversion_queue enable row level security;
create policy queue_of_the_dashboard on offline_conversion_queue
    using (auth.role() = 'service_role') with check (auth.role() = 'service_role');
create function recover_stuck_offline_conversion_jobs(p_min_age_minutes int default 120)
returns int language plpgsql security definer set search_path = public as $$
begin
    if auth.role() is distinct from 'service_role' then raise exception 'forbidden'; end if;
    return 0;
end $$;

-- A call for each status, two of them stuck with a worker of the dashboard's, and all of an hour ago.
insert into sites (id, public_id, name, domain) values ('5e000000-0000-0000-0000-000000000002', 'clinic', 'Clinic', 'clinic.example');
insert into calls (id, site_id, created_at)
select md5('call' || n)::uuid, '5e000000-0000-0000-0000-000000000002', now() - interval '1 day' from generate_series(1, 11) n;
insert into offline_conversion_queue
    (site_id, call_id, gclid, conversion_time, occurred_at, value_cents, status, claimed_at, last_error, user_identifiers, external_id,
     created_at, updated_at)
select c.site_id, c.id, 'call-' || s.place, c.created_at, c.created_at, 1000, s.status,
       case when s.status = 'PROCESSING' then now() - interval '1 hour' end, 'of the dashboard', '{"hashed_email": "aa"}',
       'oci_' || md5(s.place::text), now() - interval '30 days', now() - interval '30 days'
from unnest(array['QUEUED', 'RETRY', 'PROCESSING', 'PROCESSING', 'UPLOADED', 'COMPLETED', 'COMPLETED_UNVERIFIED', 'FAILED',
                  'DEAD_LETTER_QUARANTINE', 'VOIDED_BY_REVERSAL', 'BLOCKED_PRECEDING_SIGNALS']) with ordinality as s (status, place)
join calls c on c.id = md5('call' || s.place)::uuid;
-- Sales that the dashboard confirmed, and one that it has not.
insert into sales (id, site_id, occurred_at, amount_cents, status)
select ('5b000000-0000-0000-0000-00000000000' || n)::uuid, '5e000000-0000-0000-0000-000000000002', now() - interval '3 days', 1000 + n,
       case when n < 5 then 'CONFIRMED' else 'DRAFT' end
from generate_series(1, 5) n;
insert into offline_conversion_queue (site_id, sale_id, gclid, conversion_time, value_cents, status, external_id)
select s.site_id, s.id, 'sale-' || s.amount_cents, s.occurred_at, s.amount_cents,
       (array['QUEUED', 'QUEUED', 'FAILED', 'BLOCKED_PRECEDING_SIGNALS'])[s.amount_cents - 1000],
       'oci_' || left(encode(sha256(convert_to('google_ads|purchase|' || s.id || '||', 'UTF8')), 'hex'), 32)
from sales s
where s.status = 'CONFIRMED';
