-- Leases submitted requests whose time to ask has come, with their open rows and, in the first row of each, the site's
-- sealed credentials: the sealed text is long.
-- Locks: provider_upload_requests rows, skipping what another worker asks about.
-- Index: provider_upload_requests_due_idx, then primary key, offline_conversion_queue_submitted_idx and the
--        credentials' unique key per request.
-- $1 provider_key  $2 most requests  $3 lease token  $4 lease  $5 age after which a request is given up
with due as materialized (
    select r.site_id, r.request_id
    from provider_upload_requests r
    where r.provider_key = $1
      and r.settled_at is null
      and r.next_check_at <= now()
      and coalesce(r.lease_until, '-infinity') <= now()
    order by r.next_check_at
    limit $2
    for update skip locked
),
leased as (
    update provider_upload_requests r
    set lease_token = $3,
        lease_until = now() + $4,
        check_count = r.check_count + 1
    from due d
    where r.site_id = d.site_id and r.provider_key = $1 and r.request_id = d.request_id
    returning r.site_id, r.request_id, r.check_count, r.submitted_at <= now() - $5 as overdue
)
select r.site_id,
       r.request_id,
       r.check_count,
       r.overdue,
       k.encrypted_payload,
       k.key_fingerprint,
       r.id,
       r.request_index,
       r.retry_count,
       r.claim_count,
       greatest(least(r.conversion_time, '9999-01-01'), '0001-01-02')
from (
    select l.site_id,
           l.request_id,
           l.check_count,
           l.overdue,
           q.id,
           q.request_index,
           q.retry_count,
           q.claim_count,
           q.conversion_time,
           row_number() over (partition by l.site_id, l.request_id order by q.request_index, q.id) = 1 as first
    from leased l
    left join offline_conversion_queue q
           on q.site_id = l.site_id
          and q.provider_key = $1
          and q.provider_request_id = l.request_id
          and q.status = 'SUBMITTED'
) r
left join lateral (
    select k.encrypted_payload, k.key_fingerprint
    from provider_credentials k
    where r.first and k.site_id = r.site_id and k.provider_key = $1 and k.is_active
    limit 1
) k on true
order by r.site_id, r.request_id, r.request_index, r.id
