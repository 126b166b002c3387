-- After a claim: the probe leases that it took and has no row for, because another session held all rows of the group,
-- are free again. Nobody would settle them, and the group would wait until they end. probe_run_id stays, so that the same
-- run does not ask again and again.
-- A command of its own: the claim's other parts do not see what take_provider_probe() wrote while they run.
-- Locks: the circuits that this claim's probes already hold.
-- Index: provider_health_state_probe_idx; offline_conversion_queue_processing_idx by the one moment of this transaction.
-- $1 provider_key  $2 claim token
update provider_health_state h
set probe_token = null, probe_lease_until = null, updated_at = now()
where h.provider_key = $1
  and h.probe_token = $2
  and not exists (
      select
      from offline_conversion_queue q
      where q.status = 'PROCESSING'
        and coalesce(q.claimed_at, q.updated_at) = now()
        and q.claim_token = $2
        and q.site_id = h.site_id
        and q.provider_key = $1)
