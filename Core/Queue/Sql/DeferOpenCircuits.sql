-- Rows of an OPEN group that would be due before its probe wait until after it; no attempt is spent. The random half
-- minute spreads them. Rows of an isolated group wait a day at a time: a row that waited
-- until infinity would go on waiting if the circuit closed by any other way than circuit close, or while this ran; and to
-- write them all anew every hour costs more than it tells. circuit close makes them due at once.
-- Locks: the groups' rows of health, shared, skipping those that are being changed: a circuit close waits for what this holds
-- back, and frees it; without, rows of an isolated group could be left to their day. Then queue rows, skipping those another
-- worker holds.
-- Index: provider_health_state_open_idx, then offline_conversion_queue_due_idx per group.
-- $1 provider_key   $2 most rows to defer in one call
with gated as materialized (
    select h.site_id,
           -- An isolated group's rows are held again when their day is over, and not by every claim.
           case when h.next_probe_at = 'infinity' then now() else h.next_probe_at end as due_before
    from provider_health_state h
    where h.provider_key = $1 and h.state = 'OPEN' and h.next_probe_at > now()
    for share skip locked
),
waiting as materialized (
    select d.id
    from gated g
    cross join lateral (
        select q.id
        from offline_conversion_queue q
        where q.provider_key = $1
          and q.site_id = g.site_id
          and q.status in ('QUEUED', 'RETRY')
          and coalesce(q.next_retry_at, '-infinity') < g.due_before
        limit $2
        for update skip locked
    ) d
    limit $2
)
update offline_conversion_queue q
set next_retry_at = (select case when h.next_probe_at = 'infinity' then now() + interval '1 day'
                                 else h.next_probe_at
                            end
                     from provider_health_state h
                     where h.site_id = q.site_id and h.provider_key = $1)
                    + random() * interval '30 seconds',
    last_error = 'CIRCUIT_OPEN',
    updated_at = now()
-- An array, not a join: whatever the planner expects of the limit, it looks the rows up by their keys.
where q.id = any (array(select w.id from waiting w))
