-- The sites that an operator has isolated.
-- Locks: none. Index: provider_health_state_open_idx.
-- $1 provider_key
select h.site_id
from provider_health_state h
where h.provider_key = $1 and h.state = 'OPEN' and h.next_probe_at = 'infinity'
