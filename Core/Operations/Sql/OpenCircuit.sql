-- Opens a circuit by hand: until a probe in five minutes, as five failures would, or until infinity (isolated).
-- The worker defers the waiting rows with its next claim. Those that an isolation holds for a day come back to that, or
-- they would miss the probe.
-- Locks: the group's row, then queue rows that an isolation holds, skipping what a claim holds.
-- Index: offline_conversion_queue_due_idx; offline_conversion_queue_processing_idx for what is with a worker.
-- $1 site  $2 provider_key  $3 until a person closes it  $4 actor
with opened as (
    insert into provider_health_state as h (site_id, provider_key, state, opened_at, next_probe_at)
    select s.id, $2, 'OPEN', now(), case when $3 then 'infinity' else now() + interval '5 minutes' end
    from sites s
    where s.id = $1
    on conflict (site_id, provider_key) do update
    set state = 'OPEN',
        opened_at = now(),
        next_probe_at = excluded.next_probe_at,
        probe_token = null,
        probe_lease_until = null,
        updated_at = now()
    returning h.site_id
),
held as materialized (
    select q.id
    from offline_conversion_queue q
    join opened o on o.site_id = q.site_id
    where not $3
      and q.site_id = $1
      and q.provider_key = $2
      and q.status in ('QUEUED', 'RETRY')
      and q.next_retry_at > now() + interval '10 minutes'
      and q.last_error = 'CIRCUIT_OPEN'
    for update of q skip locked
),
freed as (
    update offline_conversion_queue q
    set next_retry_at = null, updated_at = now()
    from held h
    where q.id = h.id
),
audited as (
    insert into operator_audit (actor, action, site_id, provider_key, row_count)
    select $4, case when $3 then 'circuit isolate' else 'circuit open' end, o.site_id, $2, 1
    from opened o
)
select (select count(*) from opened),
       -- What a worker has at this moment: it gives back what it has not sent.
       (select count(*)
        from offline_conversion_queue q
        where q.site_id = $1 and q.provider_key = $2 and q.status = 'PROCESSING')
