-- What people did since a row was queued, to its site or to all sites.
-- Locks: none. Index: operator_audit_site_idx, once for the site and once for null.
-- $1 site  $2 since  $3 most lines
select a.created_at, a.actor, a.action, a.site_id is null as everywhere, a.row_count
from operator_audit a
where (a.site_id = $1 or a.site_id is null) and a.created_at >= $2
order by a.created_at
limit $3
