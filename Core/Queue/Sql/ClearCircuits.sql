-- Closes the circuits of sites that are gone: nobody can, and they would stand as open for ever.
-- Locks: their rows. Index: none; circuits that are not CLOSED are few among as many rows as there are sites.
update provider_health_state h
set state = 'CLOSED',
    failure_count = 0,
    opened_at = null,
    next_probe_at = null,
    probe_token = null,
    probe_lease_until = null,
    updated_at = now()
where h.state <> 'CLOSED'
  and not exists (select from sites s where s.id = h.site_id)
