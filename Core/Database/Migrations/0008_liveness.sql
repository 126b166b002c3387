-- What keeps a site moving when things go wrong beside it.

-- The claim's own probe leases, to give back those that it has no row for.
-- Locks: the whole table against writes, for a moment; it has one row a site.
create index if not exists provider_health_state_probe_idx
    on public.provider_health_state (probe_token)
    where probe_token is not null;
