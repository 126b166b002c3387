-- One round trip: corrections that are due, of several groups, with each group's sealed credentials, and the rows that they
-- correct.
--
-- ring     the groups that have waiting corrections, one index probe each.
-- due      those that have one to send and a circuit that lets it pass. Uploads come first, so a probe is mostly an upload; where
--          none waits it is a correction, or the circuit would stay as it is.
-- granted  drops those whose one probe another worker holds.
-- picked   each group's oldest ready ones. Not before the row is COMPLETED, or canceled after an attempt that may have counted;
--          and not beside an earlier correction of the row: the later must come later. One that had to be given a later second
--          than the last waits for that second: a moment ahead is refused for good.
-- fitting  ends a claim whose rows carry more than 16 MiB, as in Claim.sql.
--
-- Locks: provider_health_state rows of probes (take_provider_probe), then conversion_corrections rows, skipping what another
--        worker holds. FreeEmptyCorrectionProbes.sql gives back the probes of groups whose rows were all skipped.
-- Index: conversion_corrections_due_idx, then primary keys and conversion_corrections_row_idx.
-- $1 provider_key  $2 limit over all groups  $3 most of a group  $4 most groups  $5 claim token  $6 probe lease
with recursive ring (site_id) as (
    (select c.site_id
     from conversion_corrections c
     where c.provider_key = $1 and c.status in ('QUEUED', 'RETRY')
     order by c.site_id
     limit 1)
    union all
    select (select c.site_id
            from conversion_corrections c
            where c.provider_key = $1 and c.status in ('QUEUED', 'RETRY') and c.site_id > r.site_id
            order by c.site_id
            limit 1)
    from ring r
    where r.site_id is not null
),
due as materialized (
    select r.site_id,
           coalesce(h.state, 'CLOSED') <> 'CLOSED' as probing,
           case when coalesce(h.state, 'CLOSED') = 'CLOSED' then $3 else least($3, greatest(h.probe_limit, 1)) end as most
    from ring r
    left join provider_health_state h on h.site_id = r.site_id and h.provider_key = $1
    where r.site_id is not null
      and (h.state is null
           or h.state = 'CLOSED'
           or (h.state = 'OPEN' and coalesce(h.next_probe_at, '-infinity') <= now())
           or (h.state = 'HALF_OPEN' and coalesce(h.probe_lease_until, '-infinity') <= now()))
      and exists (
          select
          from conversion_corrections c
          join offline_conversion_queue q on q.site_id = c.site_id and q.id = c.row_id
          where c.provider_key = $1
            and c.site_id = r.site_id
            and c.status in ('QUEUED', 'RETRY')
            and coalesce(c.next_retry_at, '-infinity') <= now()
            and c.corrected_at <= now()
            and (q.status = 'COMPLETED' or q.status = 'FAILED' and q.provider_error_code = 'SALE_CANCELED')
            and not exists (
                select from conversion_corrections o where o.row_id = c.row_id and o.status in ('PROCESSING', 'SUBMITTED')))
    limit $4
),
granted as materialized (
    select d.site_id, d.most
    from due d
    where case when d.probing then take_provider_probe(d.site_id, $1, $5, $5, $6) else true end
),
picked as materialized (
    select g.site_id, p.id, p.row_id
    from granted g
    cross join lateral (
        select c.id, c.row_id
        from conversion_corrections c
        where c.provider_key = $1
          and c.site_id = g.site_id
          and c.status in ('QUEUED', 'RETRY')
          and coalesce(c.next_retry_at, '-infinity') <= now()
          and c.corrected_at <= now()
          and exists (
              select
              from offline_conversion_queue q
              where q.site_id = c.site_id
                and q.id = c.row_id
                and (q.status = 'COMPLETED' or q.status = 'FAILED' and q.provider_error_code = 'SALE_CANCELED'))
          and not exists (
              select from conversion_corrections o where o.row_id = c.row_id and o.status in ('PROCESSING', 'SUBMITTED'))
        order by coalesce(c.next_retry_at, '-infinity'), c.created_at
        limit least(g.most, greatest(1, $2 / (select count(*) from granted)))
        for update of c skip locked
    ) p
    limit $2
),
read as materialized (
    select p.id,
           carried_json(q.payload) as payload,
           carried_json(q.user_identifiers) as user_identifiers,
           least(coalesce(octet_length(q.gclid), 0), 4000) + least(coalesce(octet_length(q.gbraid), 0), 4000)
           + least(coalesce(octet_length(q.wbraid), 0), 4000) as click_size,
           row_number() over (partition by p.site_id order by p.id) as place
    from picked p
    join offline_conversion_queue q on q.site_id = p.site_id and q.id = p.row_id
),
fitting as (
    select s.*
    from (
        select r.*,
               sum(coalesce(octet_length(r.payload), 0) + coalesce(octet_length(r.user_identifiers), 0) + r.click_size)
                   over (order by r.place, r.id) as running
        from read r
    ) s
    where s.running <= 16777216
),
claimed as (
    update conversion_corrections c
    set status = 'PROCESSING',
        claim_token = $5,
        claimed_at = now(),
        claim_count = c.claim_count + 1,
        updated_at = now()
    from fitting p
    where c.id = p.id
    returning c.*, p.payload, p.user_identifiers
)
select c.site_id,
       k.encrypted_payload,
       k.key_fingerprint,
       c.id,
       c.kind,
       c.value_cents,
       c.currency,
       c.corrected_at,
       c.retry_count,
       c.claim_count,
       q.status = 'COMPLETED',
       -- The row, as a claim reads it.
       q.id,
       q.sale_id,
       left(q.gclid, 1000),
       left(q.gbraid, 1000),
       left(q.wbraid, 1000),
       greatest(least(q.conversion_time, '9999-01-01'), '0001-01-02'),
       q.value_cents,
       left(q.currency, 10),
       c.payload,
       q.retry_count,
       q.claim_count,
       c.user_identifiers,
       coalesce(q.conversion_time_shift, 0)
from (
    select c.*, row_number() over (partition by c.site_id order by c.created_at, c.id) = 1 as first
    from claimed c
) c
join offline_conversion_queue q on q.site_id = c.site_id and q.id = c.row_id
left join lateral (
    select k.encrypted_payload, k.key_fingerprint
    from provider_credentials k
    where c.first and k.site_id = c.site_id and k.provider_key = $1 and k.is_active
    limit 1
) k on true
order by c.site_id, c.created_at, c.id
