-- What a user of a bare queue keeps of the sales that it uploads: the columns of this project's own write-back that are
-- needed to answer "was it sent, and what did the provider say", and no index beyond the keys.
create schema peer;

create table peer.sale_outcomes (
    site_id             uuid not null,
    sale_id             uuid not null,
    status              text not null,
    provider_ref        text,
    provider_request_id text,
    uploaded_at         timestamptz,
    primary key (site_id, sale_id)
);

create table peer.site_counters (
    site_id         uuid primary key,
    completed_total bigint not null,
    failed_total    bigint not null,
    updated_at      timestamptz not null
);

create table peer.upload_ledger (
    id                  bigint generated always as identity primary key,
    batch_id            uuid not null,
    site_id             uuid not null,
    completed_count     int not null,
    failed_count        int not null,
    retry_count         int not null,
    provider_request_id text,
    finished_at         timestamptz not null default now()
);
