-- Gives corrections back unsent, or of unknown fate after a cancellation; also those that a dead worker left. Where a newer
-- state of the sale waits, the older ends: the newer one is sent.
-- Locks: those corrections, then the row of health of the claim's probe. Index: conversion_corrections_processing_idx, primary key.
-- $1 claim token, null for those of dead workers  $2 may have been sent?  $3 minutes since a dead worker's claim
-- $4 site of the claim
with freed as (
    update provider_health_state h
    set probe_token = null, probe_lease_until = null, updated_at = now()
    where h.site_id = $4 and h.probe_token = $1
),
given as (
    select c.id,
           exists (
               select
               from conversion_corrections o
               where o.row_id = c.row_id and o.status in ('QUEUED', 'RETRY')) as is_replaced
    from conversion_corrections c
    where c.status = 'PROCESSING'
      and case when $1::uuid is not null then c.claim_token = $1 and c.site_id = $4
               else c.claimed_at < now() - make_interval(mins => $3) or c.claimed_at > now() + interval '1 hour'
          end
    for update skip locked
)
update conversion_corrections c
set status = case when g.is_replaced then 'FAILED' else 'QUEUED' end,
    claim_token = null,
    claimed_at = null,
    claim_count = c.claim_count - (not $2)::int,
    last_error = case when g.is_replaced then 'A newer state of the sale is sent instead.' else c.last_error end,
    provider_error_code = case when g.is_replaced then 'CORRECTION_REPLACED' else c.provider_error_code end,
    provider_error_category = case when g.is_replaced then 'VALIDATION' else c.provider_error_category end,
    updated_at = now()
from given g
where c.id = g.id
