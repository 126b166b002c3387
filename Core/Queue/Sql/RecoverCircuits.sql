-- Circuits that nobody else would free: a circuit of a site that is gone is closed (nothing refers to a site's circuit, so
-- it outlives the site), and a probe's lease of a time that no lease reaches ends: the database's clock was ahead when it
-- was taken.
-- Locks: those rows, skipping what a claim or a write-back holds. Index: none; one row a site, read whole.
with stuck as materialized (
    select h.site_id, h.provider_key, s.id is null as orphaned
    from provider_health_state h
    left join sites s on s.id = h.site_id
    where h.state <> 'CLOSED' and (s.id is null or h.probe_lease_until > now() + interval '1 hour')
    for update of h skip locked
)
update provider_health_state h
set state = case when s.orphaned then 'CLOSED' else h.state end,
    failure_count = case when s.orphaned then 0 else h.failure_count end,
    opened_at = case when s.orphaned then null else h.opened_at end,
    next_probe_at = case when s.orphaned then null else h.next_probe_at end,
    probe_token = null,
    probe_lease_until = null,
    updated_at = now()
from stuck s
where h.site_id = s.site_id and h.provider_key = s.provider_key
