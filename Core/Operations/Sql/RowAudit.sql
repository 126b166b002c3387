-- What people did since a row was queued, to its sale, its site or all sites; not what they did to another sale.
-- Locks: none. Index: operator_audit_site_idx, once for the site and once for null.
-- $1 site  $2 since  $3 most lines  $4 sale
select a.created_at, a.actor, a.action, a.site_id is null as everywhere, a.row_count, a.login, host(a.client_address)
from operator_audit a
where (a.site_id = $1 or a.site_id is null) and a.created_at >= $2
  and coalesce(a.details ->> 'sale_id', $4::text) = $4::text
order by a.created_at
limit $3
