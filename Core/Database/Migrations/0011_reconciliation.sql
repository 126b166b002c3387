-- What providers say they counted, beside what we sent: read once a day, for people. No row of the queue depends on it.
-- Locks: its own tables, which only a script that runs once more finds in use.

-- How each site stood when it was last asked about: one row a site and provider.
create table if not exists public.provider_reconciliations (
    site_id       uuid not null,
    provider_key  text not null,
    -- When a run last took the site up: the runs' cursor, the longest ago goes first.
    attempted_at  timestamptz not null,
    -- When the provider last answered; null while it never did.
    reconciled_at timestamptz,
    -- Why the last attempt got no answer; null when it got one.
    fault_code    text,
    fault_message text,
    account_id    text,
    -- IANA name: the account's days are in it.
    time_zone     text,
    action_id     text,
    -- Since when the site uploads to this action of this account; null: ever since it is watched.
    action_since  date,
    verdict       text not null default 'NOT_COMPARABLE' check (verdict in ('AGREES', 'FEWER', 'NOT_COMPARABLE')),
    -- FEWER: the provider's error that most met. NOT_COMPARABLE: why not.
    reason        text,
    needs_person  boolean not null default false,
    -- The days that were compared, and their sums.
    from_day      date,
    to_day        date,
    accepted      bigint not null default 0,
    counted       bigint not null default 0,
    pending       bigint not null default 0,
    missing       bigint not null default 0,
    -- Every action and client that the provider tells of, as it was last read; at most 50.
    actions       jsonb not null default '[]',
    -- Uploads of which the provider counted fewer than it took; at most 20.
    batches       jsonb not null default '[]',
    primary key (site_id, provider_key)
);

-- Locks: who waits for the first table waits for this one too (0005_ledger.sql).
set local lock_timeout = '25ms';

-- By conversion action and day of the account: ours and theirs. Each run renews the days that it reads; 90 days stay.
create table if not exists public.provider_reconciliation_days (
    site_id      uuid not null,
    provider_key text not null,
    action_id    text not null,
    day          date not null,
    -- Ours, by the ledger: rows of uploads, those accepted at once, those confirmed later.
    sent         bigint not null default 0,
    accepted     bigint not null default 0,
    confirmed    bigint not null default 0,
    -- Of the accepted ones, those too young for the provider to have counted when this was read.
    recent       bigint not null default 0,
    -- Theirs; null where the provider told nothing of the day.
    counted      bigint,
    failed       bigint,
    pending      bigint,
    -- [{"error":"...","share":0.5}]: errors by their share of the day.
    alerts       jsonb not null default '[]',
    primary key (site_id, provider_key, action_id, day)
);

-- service_role alone: other roles lose what the database's default privileges give them.
do $$
declare
    v_role  text;
    v_table text;
begin
    foreach v_table in array array['provider_reconciliations', 'provider_reconciliation_days']
    loop
        execute format('alter table public.%I enable row level security', v_table);
        execute format('drop policy if exists service_role_only on public.%I', v_table);
        execute format(
            'create policy service_role_only on public.%I for all to service_role using (true) with check (true)',
            v_table);
        for v_role in
            select 'public'
            union all
            select quote_ident(r.rolname) from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
        loop
            execute format('revoke all on public.%I from %s', v_table, v_role);
        end loop;
    end loop;
end
$$;

grant select, insert, update, delete on
    public.provider_reconciliations,
    public.provider_reconciliation_days
    to service_role;
