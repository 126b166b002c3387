-- A site's stored days of one conversion action. Locks: none. Index: the primary key.
-- $1 site_id  $2 provider_key  $3 action_id or null for the site's present one  $4 not before
select d.day, d.sent, d.accepted, d.confirmed, d.recent, d.counted, d.failed, d.pending, d.alerts
from provider_reconciliation_days d
where d.site_id = $1
  and d.provider_key = $2
  and d.action_id = coalesce($3, (
      select r.action_id from provider_reconciliations r where r.site_id = $1 and r.provider_key = $2))
  and d.day >= $4
order by d.day
