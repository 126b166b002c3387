-- Tables of the upload worker. On a database of the older shape "if not exists" leaves them, and the next script adds
-- what they lack.
create table if not exists public.offline_conversion_queue (
    id                      uuid primary key default gen_random_uuid(),
    site_id                 uuid not null,
    sale_id                 uuid not null unique references public.sales (id) on delete cascade,
    provider_key            text not null default 'google_ads',
    gclid                   text,
    wbraid                  text,
    gbraid                  text,
    conversion_time         timestamptz not null,
    value_cents             bigint not null,
    currency                text not null default 'TRY',
    payload                 jsonb not null default '{}',
    action_key              text,
    status                  text not null default 'QUEUED'
                            constraint offline_conversion_queue_status_check
                            check (status in ('QUEUED', 'PROCESSING', 'COMPLETED', 'RETRY', 'FAILED')),
    retry_count             int not null default 0,
    next_retry_at           timestamptz,
    claimed_at              timestamptz,
    last_error              text,
    provider_ref            text,
    provider_request_id     text,
    provider_error_code     text,
    provider_error_category text,
    uploaded_at             timestamptz,
    created_at              timestamptz not null default now(),
    updated_at              timestamptz not null default now()
);

create table if not exists public.provider_credentials (
    id                uuid primary key default gen_random_uuid(),
    site_id           uuid not null references public.sites (id) on delete cascade,
    provider_key      text not null,
    encrypted_payload text not null,
    key_fingerprint   text not null,
    is_active         boolean not null default true,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now(),
    unique (site_id, provider_key)
);

do $$
begin
    create type public.provider_circuit_state as enum ('CLOSED', 'OPEN', 'HALF_OPEN');
exception
    when duplicate_object then null;
end
$$;

create table if not exists public.provider_health_state (
    site_id         uuid not null,
    provider_key    text not null,
    state           public.provider_circuit_state not null default 'CLOSED',
    failure_count   int not null default 0,
    last_failure_at timestamptz,
    opened_at       timestamptz,
    next_probe_at   timestamptz,
    probe_limit     int not null default 5,
    updated_at      timestamptz not null default now(),
    primary key (site_id, provider_key)
);

create table if not exists public.provider_upload_metrics (
    site_id         uuid not null,
    provider_key    text not null,
    attempts_total  bigint not null default 0,
    completed_total bigint not null default 0,
    failed_total    bigint not null default 0,
    retry_total     bigint not null default 0,
    updated_at      timestamptz not null default now(),
    primary key (site_id, provider_key)
);

create table if not exists public.provider_upload_attempts (
    id                  uuid primary key default gen_random_uuid(),
    created_at          timestamptz not null default now(),
    site_id             uuid not null,
    provider_key        text not null,
    batch_id            text not null,
    phase               text not null check (phase in ('STARTED', 'FINISHED')),
    claimed_count       int,
    completed_count     int,
    failed_count        int,
    retry_count         int,
    duration_ms         int,
    provider_request_id text,
    error_code          text,
    error_category      text
);
