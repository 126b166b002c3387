-- Takes up the sites that were longest not reconciled, with their credentials and what is known of their accounts. The time
-- of the attempt is written before it is made: a site that ends its worker goes to the end of the line like every other.
-- Locks: their rows, until it commits; of two workers that take the same site, the second sees it taken and leaves it.
-- Index: the unique key of provider_credentials, and primary keys. A site has one row in each: read whole and sorted.
-- $1 provider_key  $2 site or null  $3 not taken up since then  $4 most sites
with due as materialized (
    select c.site_id
    from provider_credentials c
    left join provider_reconciliations r on r.site_id = c.site_id and r.provider_key = c.provider_key
    where c.provider_key = $1
      and c.is_active
      and ($2::uuid is null or c.site_id = $2)
      and (r.attempted_at is null or r.attempted_at < $3)
    order by r.attempted_at nulls first, c.site_id
    limit $4
),
taken as (
    insert into provider_reconciliations as r (site_id, provider_key, attempted_at)
    select d.site_id, $1, now()
    from due d
    order by d.site_id
    on conflict (site_id, provider_key) do update
    set attempted_at = excluded.attempted_at
    where r.attempted_at < $3
    returning r.site_id, r.account_id, r.time_zone, r.action_id, r.action_since
)
select t.site_id, c.encrypted_payload, c.key_fingerprint, t.account_id, t.time_zone, t.action_id, t.action_since
from taken t
join provider_credentials c on c.site_id = t.site_id and c.provider_key = $1
