-- How the counts of some sites compare, with their days: of one site, or of those that need a person first and then those
-- with the largest difference. A site without stored days has one row.
-- Locks: none. Index: primary keys; of all sites the one row each is read and sorted.
-- $1 site or null  $2 most sites  $3 days
with site as materialized (
    select r.*, row_number() over (order by r.needs_person desc, r.missing desc, r.accepted desc, r.site_id) as place
    from provider_reconciliations r
    where r.site_id = $1 or $1::uuid is null and r.reconciled_at is not null
    order by r.needs_person desc, r.missing desc, r.accepted desc, r.site_id
    limit $2
)
select s.site_id,
       s.provider_key,
       s.reconciled_at,
       s.fault_code,
       s.verdict,
       s.reason,
       s.from_day,
       s.to_day,
       s.accepted,
       s.counted,
       s.pending,
       d.day,
       d.sent,
       d.accepted,
       d.confirmed,
       d.recent,
       d.counted,
       d.failed,
       d.pending,
       d.alerts
from site s
left join provider_reconciliation_days d
    on d.site_id = s.site_id and d.provider_key = s.provider_key and d.action_id = s.action_id and d.day > s.to_day - $3
order by s.place, d.day
