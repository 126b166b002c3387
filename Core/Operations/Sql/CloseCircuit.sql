-- Closes a circuit by hand, an isolated one too, and makes the rows it held back due now. Any circuit that is stored can be
-- closed, also that of a site which is gone.
-- Locks: the group's row, then its deferred queue rows, skipping what a claim holds.
-- Index: offline_conversion_queue_due_idx.
-- $1 site  $2 provider_key  $3 actor
with closed as (
    insert into provider_health_state as h (site_id, provider_key)
    select s.id, $2 from sites s where s.id = $1
    union
    select c.site_id, $2 from provider_health_state c where c.site_id = $1 and c.provider_key = $2
    on conflict (site_id, provider_key) do update
    set state = 'CLOSED',
        failure_count = 0,
        opened_at = null,
        next_probe_at = null,
        probe_token = null,
        probe_lease_until = null,
        updated_at = now()
    returning h.site_id
),
held as materialized (
    select q.id
    from offline_conversion_queue q
    join closed c on c.site_id = q.site_id
    where q.site_id = $1
      and q.provider_key = $2
      and q.status in ('QUEUED', 'RETRY')
      and q.last_error = 'CIRCUIT_OPEN'
    for update of q skip locked
),
freed as (
    update offline_conversion_queue q
    set next_retry_at = null, last_error = null, updated_at = now()
    from held h
    where q.id = h.id
    returning q.id
),
audited as (
    insert into operator_audit (actor, action, site_id, provider_key, row_count)
    select $3, 'circuit close', c.site_id, $2, (select count(*) from freed)
    from closed c
)
select (select count(*) from closed), (select count(*) from freed)
