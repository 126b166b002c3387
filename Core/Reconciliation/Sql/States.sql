-- How sites stand, of one or of all: those that need a person first, then those with the largest difference.
-- Locks: none. Index: primary keys; all sites' rows are read whole.
-- $1 provider_key  $2 site or null  $3 most sites
select r.site_id,
       r.provider_key,
       r.attempted_at,
       r.reconciled_at,
       r.fault_code,
       r.fault_message,
       r.account_id,
       r.time_zone,
       r.action_id,
       r.action_since,
       r.verdict,
       r.reason,
       r.needs_person,
       r.from_day,
       r.to_day,
       r.accepted,
       r.counted,
       r.pending,
       r.missing,
       r.actions,
       r.batches
from provider_reconciliations r
where r.provider_key = $1 and ($2::uuid is null or r.site_id = $2)
order by r.needs_person desc, r.missing desc, r.accepted desc, r.site_id
limit $3
