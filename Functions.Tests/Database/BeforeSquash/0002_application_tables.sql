-- Tables of the application. Where it has them, with more columns than these, they stay as they are.
create table if not exists public.sites (
    id uuid primary key default gen_random_uuid()
);

create table if not exists public.conversations (
    id             uuid primary key default gen_random_uuid(),
    site_id        uuid not null references public.sites (id) on delete cascade,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    status         text not null default 'OPEN' check (status in ('OPEN', 'WON', 'LOST', 'JUNK')),
    primary_source jsonb
);

create table if not exists public.sales (
    id              uuid primary key default gen_random_uuid(),
    site_id         uuid not null references public.sites (id) on delete cascade,
    conversation_id uuid references public.conversations (id) on delete set null,
    occurred_at     timestamptz not null,
    amount_cents    bigint not null check (amount_cents >= 0),
    currency        text not null default 'TRY',
    status          text not null default 'DRAFT' check (status in ('DRAFT', 'CONFIRMED', 'CANCELED')),
    external_ref    text,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now()
);

create unique index if not exists sales_site_external_ref_key
    on public.sales (site_id, external_ref) where external_ref is not null;
