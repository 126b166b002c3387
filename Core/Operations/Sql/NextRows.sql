-- The rows of a site that an upload would send next, in the claim's order, and how things stand around them. A look only:
-- nothing is claimed, so a worker may take them meanwhile. Always one row at least, for the circuit and the credentials.
-- Locks: none. Index: offline_conversion_queue_due_idx for the rows, as in Claim.sql; primary and unique keys for the rest.
-- $1 provider_key  $2 site  $3 most rows  $4 also rows that wait for a time or behind a circuit
-- $5 only this row, or null
select s.id is not null as site_known,
       coalesce(h.state::text, 'CLOSED') as circuit,
       nullif(h.next_probe_at, 'infinity') as next_probe_at,
       k.encrypted_payload,
       k.key_fingerprint,
       w.due,
       w.next_due_at,
       q.id,
       q.sale_id,
       left(q.gclid, 1000),
       left(q.gbraid, 1000),
       left(q.wbraid, 1000),
       greatest(least(q.conversion_time, '9999-01-01'), '0001-01-02') as conversion_time,
       q.value_cents,
       left(q.currency, 10),
       carried_json(q.payload),
       q.retry_count,
       -- What it will be once it is claimed.
       least(q.claim_count, 2147483646) + 1 as claim_count,
       carried_json(q.user_identifiers),
       coalesce(q.conversion_time_shift, 0)
from (select $2::uuid as id) wanted
left join sites s on s.id = wanted.id
left join provider_health_state h on h.site_id = wanted.id and h.provider_key = $1
left join provider_credentials k on k.site_id = wanted.id and k.provider_key = $1 and k.is_active
cross join lateral (
    select count(*) filter (where coalesce(q.next_retry_at, '-infinity') <= now()) as due,
           min(q.next_retry_at) filter (where q.next_retry_at > now()) as next_due_at
    from offline_conversion_queue q
    where q.provider_key = $1 and q.site_id = wanted.id and q.status in ('QUEUED', 'RETRY')
) w
left join lateral (
    select q.*
    from offline_conversion_queue q
    where q.provider_key = $1
      and q.site_id = wanted.id
      and q.status in ('QUEUED', 'RETRY')
      and ($4 or coalesce(q.next_retry_at, '-infinity') <= now())
      and ($5::uuid is null or q.id = $5)
    order by coalesce(q.next_retry_at, '-infinity'), q.created_at
    limit least($3, case when $4 or coalesce(h.state, 'CLOSED') = 'CLOSED' then $3 else greatest(h.probe_limit, 1) end)
) q on true
order by q.created_at, q.id
