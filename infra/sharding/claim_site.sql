-- The second half of a claim on distributed tables: the rows of one site, on the one node that has them. Claim.sql with
-- the ring replaced by a site; take_provider_probe goes before it for a circuit that is not CLOSED.
-- $1 provider_key  $2 site_id  $3 most rows  $4 claim token
with picked as materialized (
    select q.id
    from offline_conversion_queue q
    where q.provider_key = $1
      and q.site_id = $2
      and q.status in ('QUEUED', 'RETRY')
      and coalesce(q.next_retry_at, '-infinity') <= now()
    order by coalesce(q.next_retry_at, '-infinity'), q.created_at
    limit $3
    for update skip locked
),
claimed as (
    update offline_conversion_queue q
    set status = 'PROCESSING',
        claim_token = $4,
        claimed_at = now(),
        claim_count = least(q.claim_count, 2147483646) + 1,
        updated_at = now()
    from picked p
    where q.site_id = $2 and q.id = p.id
    returning q.id, q.sale_id, q.gclid, q.gbraid, q.wbraid, q.conversion_time, q.value_cents, q.currency, q.payload,
              q.retry_count, q.claim_count, q.created_at
),
counted as (
    select count(*) as claimed_count
    from claimed c
),
started as (
    insert into provider_upload_attempts (batch_id, site_id, provider_key, phase, claimed_count)
    select $4::text, $2, $1, 'STARTED', n.claimed_count
    from counted n
    where n.claimed_count > 0
)
select c.*, k.encrypted_payload, k.key_fingerprint
from claimed c
left join provider_credentials k on k.site_id = $2 and k.provider_key = $1 and k.is_active
order by c.created_at, c.id
