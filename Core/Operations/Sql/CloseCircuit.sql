-- Closes a circuit by hand, an isolated one too; also one that a deleted site left behind. The rows it held back are freed
-- after this, by chunks (FreeHeldRows.sql): from now on no claim holds them back again.
-- Locks: the group's row. Index: offline_conversion_queue_due_idx, for the audit's number.
-- $1 site  $2 provider_key  $3 actor
with closed as (
    insert into provider_health_state as h (site_id, provider_key)
    select $1, $2
    where exists (select from sites s where s.id = $1)
       or exists (select from provider_health_state k where k.site_id = $1 and k.provider_key = $2)
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
held as (
    select count(*) as rows
    from offline_conversion_queue q
    where q.site_id = $1
      and q.provider_key = $2
      and q.status in ('QUEUED', 'RETRY')
      and q.last_error = 'CIRCUIT_OPEN'
),
audited as (
    insert into operator_audit (actor, action, site_id, provider_key, row_count)
    select $3, 'circuit close', c.site_id, $2, h.rows
    from closed c
    cross join held h
)
select count(*) from closed
