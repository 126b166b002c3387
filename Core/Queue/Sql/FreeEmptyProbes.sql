-- Frees the probes that this claim took and found no row for: another session held the rows. Nobody would settle such a
-- probe, and the group would stay shut until its lease is over; so the next run probes. It is a statement of its own in
-- the claim's batch: a part of the claim cannot see what the claim's other parts have changed.
-- Locks: the group's row of health, which the claim holds already.
-- Index: provider_health_state_probe_idx; if there are such probes, offline_conversion_queue_processing_idx for the rows
-- of this claim, whose age is the transaction's time.
-- $1 claim token
update provider_health_state h
set probe_token = null, probe_lease_until = null, updated_at = now()
where h.probe_token = $1
  and h.site_id not in (
      select q.site_id
      from offline_conversion_queue q
      where q.status = 'PROCESSING' and coalesce(q.claimed_at, q.updated_at) >= now() and q.claim_token = $1
  )
