-- One round trip: due rows of several groups, fairly, with each group's sealed credentials.
--
-- ring     walks the groups that have waiting rows, one index probe per group (a loose index scan), from behind the
--          group where the claim before ended, round past the end. It is lazy: due's limit ends the walk. Each probe
--          brings the group's first waiting row, after any dead tuples: no scan reads those twice.
--          $9 and $10 are where the oldest waiting row was at an earlier claim of the same run: the index
--          entries before it point to dead tuples, and are skipped.
-- oldest   where the oldest waiting row is now, if the walk came to its end and the row waits for no time: before a time,
--          every new row would sort before it and be missed. On the older schema next_retry_at has a default, and a row
--          that waits for no time has the time of its insert there.
-- due      keeps the groups with due rows and a circuit that lets them pass. A group's weight is its backlog, counted
--          to at most $3 rows; a probing group weighs at most probe_limit.
-- fair     how much of the limit the groups before each can fill, if each takes a 200th of it at most.
-- granted  drops the groups for which nothing is left then: the next claim begins with them. A batch costs some 1.5 ms and a request
--          whatever its size: of a thousand sites each would get 50 rows, and twenty claims would send what two hundred requests can.
--          Drops those, too, whose one probe lease another worker holds, or is taking at this moment.
-- shares   gives each group one row while the limit allows, and shares the rest in proportion to the remaining weights.
--          Rounding the running total, and taking differences, hands out exactly the limit.
-- picked   locks the rows, skipping what another worker holds; a row that changed since the snapshot is re-checked. Rows
--          set aside, which the database refuses to change, are left out; while there are none, it costs one look. What a row
--          carries is bounded by carried_json() in 0014_carried_json.sql; most rows have an empty payload, and spare the call.
-- fitting  keeps a claim within 16 MiB, of which each group has an equal part, or half a MiB if that is more. The others stay as
--          they are, and the next claim takes them. It counts as the rows come: a sum over all of them would lock all before the
--          first is taken, and of workers that claim at once the first would have everything.
--
-- Locks, in the order of the batch: DeferOpenCircuits.sql locks queue rows of OPEN groups; then this statement locks
--        provider_health_state rows (take_provider_probe in 0003_circuit.sql) and the queue rows that it picks. All with
--        skip locked: a claim waits for no lock and cannot deadlock. Inside a process one claim runs at a time (_claimLock).
--        FreeEmptyProbes.sql then gives back the probes of groups whose rows were all skipped, and locks nothing new.
-- Index: offline_conversion_queue_due_idx for ring, due and picked; primary and unique keys for the rest. A lateral
--        join with a limit keeps the planner from hashing a whole table to look up a few groups.
-- $1 provider_key  $2 limit over all groups  $3 most rows of a group  $4 most groups  $5 start of the ring
-- $6 claim token   $7 run id (a group this run has probed waits for the next run)     $8 probe lease
-- $9 due time and $10 creation of the oldest row that may wait
with recursive ring (site_id, wrapped, due_at, created_at) as (
    (
        select f.site_id, f.wrapped, f.due_at, f.created_at
        from (
            (select q.site_id, false as wrapped, coalesce(q.next_retry_at, '-infinity') as due_at, q.created_at
             from offline_conversion_queue q
             where q.provider_key = $1 and q.status in ('QUEUED', 'RETRY') and q.site_id > $5
               and (coalesce(q.next_retry_at, '-infinity'), q.created_at) >= ($9, $10)
             order by q.site_id, coalesce(q.next_retry_at, '-infinity'), q.created_at
             limit 1)
            union all
            (select q.site_id, true, coalesce(q.next_retry_at, '-infinity'), q.created_at
             from offline_conversion_queue q
             where q.provider_key = $1 and q.status in ('QUEUED', 'RETRY') and q.site_id <= $5
               and (coalesce(q.next_retry_at, '-infinity'), q.created_at) >= ($9, $10)
             order by q.site_id, coalesce(q.next_retry_at, '-infinity'), q.created_at
             limit 1)
        ) f
        limit 1
    )
    union all
    select n.site_id, n.wrapped, n.due_at, n.created_at
    from ring r
    cross join lateral (
        select f.site_id, f.wrapped, f.due_at, f.created_at
        from (
            -- The upper bound is one comparison, so that the index ends the search at the end of the ring.
            (select q.site_id, r.wrapped, coalesce(q.next_retry_at, '-infinity') as due_at, q.created_at
             from offline_conversion_queue q
             where q.provider_key = $1 and q.status in ('QUEUED', 'RETRY') and q.site_id > r.site_id
               and q.site_id <= case when r.wrapped then $5 else 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid end
               and (coalesce(q.next_retry_at, '-infinity'), q.created_at) >= ($9, $10)
             order by q.site_id, coalesce(q.next_retry_at, '-infinity'), q.created_at
             limit 1)
            union all
            (select q.site_id, true, coalesce(q.next_retry_at, '-infinity'), q.created_at
             from offline_conversion_queue q
             where q.provider_key = $1 and q.status in ('QUEUED', 'RETRY') and q.site_id <= $5
               and not r.wrapped
               and (coalesce(q.next_retry_at, '-infinity'), q.created_at) >= ($9, $10)
             order by q.site_id, coalesce(q.next_retry_at, '-infinity'), q.created_at
             limit 1)
        ) f
        limit 1
    ) n
),
due as materialized (
    select r.site_id,
           r.wrapped,
           r.due_at,
           r.created_at,
           coalesce(h.state, 'CLOSED') <> 'CLOSED' as probing,
           case when coalesce(h.state, 'CLOSED') = 'CLOSED' then b.backlog
                else least(b.backlog, greatest(h.probe_limit, 1))
           end as weight
    from ring r
    left join lateral (
        select h.*
        from provider_health_state h
        where h.site_id = r.site_id and h.provider_key = $1
        limit 1
    ) h on true
    cross join lateral (
        select count(*) as backlog
        from (
            select 1
            from offline_conversion_queue q
            where q.provider_key = $1
              and q.site_id = r.site_id
              and q.status in ('QUEUED', 'RETRY')
              and coalesce(q.next_retry_at, '-infinity') <= now()
              and (coalesce(q.next_retry_at, '-infinity'), q.created_at) >= (r.due_at, r.created_at)
            limit $3
        ) counted
    ) b
    where b.backlog > 0
      and (h.state is null
           or h.state = 'CLOSED'
           or (h.state = 'OPEN' and coalesce(h.next_probe_at, '-infinity') <= now())
           or (h.state = 'HALF_OPEN' and coalesce(h.probe_lease_until, '-infinity') <= now()))
      and h.probe_run_id is distinct from $7
    limit $4
),
oldest as materialized (
    -- Within the driver's calendar, and never later than what stands there.
    select case when r.due_at >= '0001-01-02' then least(r.due_at, '9999-01-01') else '-infinity' end as due_at,
           case when r.created_at >= '0001-01-02' then least(r.created_at, '9999-01-01') else '-infinity' end as created_at
    from (
        select r.due_at, r.created_at
        from ring r
        -- A walk that the limit ended has not seen every group, and must not be continued for this.
        where (select count(*) from due) < $4
        order by r.due_at, r.created_at
        limit 1
    ) r
    where r.due_at <= r.created_at
),
fair as (
    select d.site_id,
           d.wrapped,
           d.due_at,
           d.created_at,
           d.probing,
           d.weight,
           sum(least(d.weight, greatest($2 / 200, 1))) over (order by d.wrapped, d.site_id)
           - least(d.weight, greatest($2 / 200, 1)) as ahead
    from due d
),
granted as materialized (
    select d.site_id, d.due_at, d.created_at, d.probing, d.weight, row_number() over (order by d.wrapped, d.site_id) as place
    from fair d
    where case when d.ahead >= $2 then false
               when d.probing then take_provider_probe(d.site_id, $1, $6, $7, $8)
               else true
          end
),
shares as (
    select g.site_id,
           g.due_at,
           g.created_at,
           g.probing,
           1 + coalesce(g.spare * g.running / nullif(g.total, 0)
                        - g.spare * (g.running - g.more) / nullif(g.total, 0), 0) as share
    from (
        select g.site_id,
               g.due_at,
               g.created_at,
               g.probing,
               g.weight - 1 as more,
               sum(g.weight - 1) over (order by g.place)::bigint as running,
               sum(g.weight - 1) over ()::bigint as total,
               least($2 - count(*) over (), sum(g.weight - 1) over ())::bigint as spare
        from granted g
        where g.place <= $2
    ) g
),
picked as materialized (
    select s.site_id, s.probing, p.*
    from shares s
    cross join lateral (
        select r.*, sum(r.size) over (rows unbounded preceding) as size_of_site
        from (
            select w.*, coalesce(octet_length(w.payload), 0) + coalesce(octet_length(w.user_identifiers), 0) + w.click_size as size
            from (
                select q.id,
                       case when pg_column_size(q.payload) <= 8 then q.payload::text else carried_json(q.payload) end as payload,
                       carried_json(q.user_identifiers) as user_identifiers,
                       -- Its click ids are cut below.
                       least(coalesce(octet_length(q.gclid), 0), 4000) + least(coalesce(octet_length(q.gbraid), 0), 4000)
                       + least(coalesce(octet_length(q.wbraid), 0), 4000) as click_size
                from offline_conversion_queue q
                where q.provider_key = $1
                  and q.site_id = s.site_id
                  and q.status in ('QUEUED', 'RETRY')
                  and coalesce(q.next_retry_at, '-infinity') <= now()
                  and (coalesce(q.next_retry_at, '-infinity'), q.created_at) >= (s.due_at, s.created_at)
                  and (not (select exists (select from offline_conversion_set_aside))
                       or not exists (
                           select from offline_conversion_set_aside a where a.site_id = q.site_id and a.row_id = q.id))
                order by coalesce(q.next_retry_at, '-infinity'), q.created_at
                limit s.share
                for update skip locked
            ) w
        ) r
    ) p
),
fitting as (
    select f.site_id, f.id, f.probing, f.payload, f.user_identifiers
    from (
        select p.*, sum(p.size) over (rows unbounded preceding) as size_of_all
        from picked p
        where p.size_of_site <= greatest(16777216 / (select count(*) from shares), 524288)
    ) f
    where f.size_of_all <= 16777216
),
claimed as (
    update offline_conversion_queue q
    set status = 'PROCESSING',
        claim_token = $6,
        claimed_at = now(),
        -- Whatever number it was left with: an overflow would end the claim of every site.
        claim_count = least(q.claim_count, 2147483646) + 1,
        updated_at = now()
    from fitting p
    where q.site_id = p.site_id and q.id = p.id
    returning q.id, q.site_id, q.sale_id, q.gclid, q.gbraid, q.wbraid, q.conversion_time, q.value_cents, q.currency,
              p.payload, q.retry_count, q.claim_count, p.user_identifiers, q.conversion_time_shift, q.created_at, p.probing
),
started as (
    insert into provider_upload_attempts (batch_id, site_id, provider_key, phase, claimed_count)
    select $6::text, c.site_id, $1, 'STARTED', count(*)
    from claimed c
    group by c.site_id
)
select c.site_id,
       c.probing,
       -- The sealed text is long: only the first row of a group carries it.
       k.encrypted_payload,
       k.key_fingerprint,
       c.id,
       c.sale_id,
       -- Cut far beyond what is taken for valid: a claim's memory must not depend on what was left in a row.
       left(c.gclid, 1000),
       left(c.gbraid, 1000),
       left(c.wbraid, 1000),
       -- The driver's calendar ends before PostgreSQL's; such a time fails validation either way.
       greatest(least(c.conversion_time, '9999-01-01'), '0001-01-02') as conversion_time,
       c.value_cents,
       left(c.currency, 10),
       c.payload,
       c.retry_count,
       c.claim_count,
       c.user_identifiers,
       coalesce(c.conversion_time_shift, 0),
       o.due_at as oldest_due_at,
       o.created_at as oldest_created_at
from (
    select c.*, row_number() over (partition by c.site_id order by c.created_at, c.id) = 1 as first
    from claimed c
) c
left join lateral (
    select k.encrypted_payload, k.key_fingerprint
    from provider_credentials k
    where c.first and k.site_id = c.site_id and k.provider_key = $1 and k.is_active
    limit 1
) k on true
left join oldest o on true
order by c.site_id, c.created_at, c.id
