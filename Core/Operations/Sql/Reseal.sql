-- Puts newly sealed texts where the old ones still are: what somebody stored meanwhile is newer, and stays. updated_at
-- stays too: it tells since when the site has these credentials. Each call leaves its line in the audit, so a rotation
-- that was killed half-way is on record as far as it came.
-- Locks: the credentials' rows. Index: the unique key (site_id, provider_key).
-- $1 sites  $2 provider_keys  $3 old texts  $4 new texts  $5 new fingerprint  $6 actor  $7 said nothing of their row before
with resealed as (
    update provider_credentials c
    set encrypted_payload = n.new_text, key_fingerprint = $5
    from unnest($1, $2, $3, $4, $7) as n (site_id, provider_key, old_text, new_text, was_unbound)
    where c.site_id = n.site_id and c.provider_key = n.provider_key and c.encrypted_payload = n.old_text
    returning n.was_unbound
),
audited as (
    insert into operator_audit (actor, action, row_count, details)
    select $6, 'credentials rotate-key', count(*),
           jsonb_build_object('key_fingerprint', $5, 'newly_bound', count(*) filter (where r.was_unbound))
    from resealed r
)
select count(*), count(*) filter (where r.was_unbound) from resealed r
