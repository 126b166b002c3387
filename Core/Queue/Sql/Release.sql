-- Gives rows back unsent, or of unknown fate after a cancellation: QUEUED, no attempt spent, the probe's lease freed.
-- A row that certainly was not sent also loses its claim from claim_count.
-- Locks: its own PROCESSING rows, by id, then the group's row of health; for 0.8 s, as in WriteBack.sql. Index: primary keys.
-- $1 claim token  $2 site_id  $3 provider_key  $4 ids  $5 may have been sent?
with freed as (
    update provider_health_state h
    set probe_token = null, probe_lease_until = null, updated_at = now()
    where h.site_id = $2 and h.provider_key = $3 and h.probe_token = $1
)
update offline_conversion_queue q
set status = 'QUEUED',
    claim_token = null,
    claimed_at = null,
    claim_count = q.claim_count - (not $5)::int,
    updated_at = now()
where q.site_id = $2
  -- As in WriteBack.sql: by the key, and never by the index of all PROCESSING rows.
  and q.id = any (array(select unnest($4) where set_config('lock_timeout', '800ms', true) <> ''))
  and q.claim_token = $1
  and q.status is not distinct from 'PROCESSING'
