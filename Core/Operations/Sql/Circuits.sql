-- Circuits that are not CLOSED, the longest open first; or the one of a site, whatever its state.
-- $1 site or null  $2 provider_key
select h.site_id,
       h.state::text,
       h.failure_count,
       h.opened_at,
       nullif(h.next_probe_at, 'infinity') as next_probe_at,
       h.state = 'OPEN' and h.next_probe_at is not distinct from 'infinity' as isolated,
       h.probe_limit,
       h.probe_lease_until
from provider_health_state h
where h.provider_key = $2
  and case when $1::uuid is null then h.state <> 'CLOSED' else h.site_id = $1 end
order by h.opened_at nulls last, h.site_id
