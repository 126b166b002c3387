-- Stored credentials, of one site or of all; sealed, as they are.
-- Locks: none. Index: the unique key (site_id, provider_key), in its order, so that a reader can go on behind a row.
-- $1 site or null  $2 go on behind this site  $3 and this provider_key  $4 most rows
select c.site_id, c.provider_key, c.encrypted_payload, c.key_fingerprint, c.is_active, c.updated_at
from provider_credentials c
where ($1::uuid is null or c.site_id = $1)
  and (c.site_id, c.provider_key) > ($2, $3)
order by c.site_id, c.provider_key
limit $4
