-- Opens a circuit by hand: until a probe in five minutes, as five failures would, or until infinity (isolated).
-- The worker defers the waiting rows with its next claim.
-- Locks: the group's row. Index: offline_conversion_queue_processing_idx for what is with a worker.
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
