-- Frees the probes that this claim took and found no correction for, as FreeEmptyProbes.sql does.
-- Locks: the group's row of health, which the claim holds already.
-- Index: provider_health_state_probe_idx, conversion_corrections_processing_idx.
-- $1 claim token
update provider_health_state h
set probe_token = null, probe_lease_until = null, updated_at = now()
where h.probe_token = $1
  and h.site_id not in (
      select c.site_id
      from conversion_corrections c
      where c.status = 'PROCESSING' and c.claimed_at >= now() and c.claim_token = $1
  )
