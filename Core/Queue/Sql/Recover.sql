-- Rows of dead workers go back to the queue, a chunk at a time, each committed: whatever their number, no statement grows
-- beyond its time-out, and what is done stays done. A claim from more than an hour ahead is of a clock that was set back
-- since: it would never grow old.
-- Locks: the chunk's rows, skipping those a worker is writing.
-- Index: offline_conversion_queue_processing_idx, from where the last chunk ended: what lies before are dead tuples.
-- $1 age in minutes  $2 most rows  $3 the last chunk's end
with stuck as materialized (
    select q.id, coalesce(q.claimed_at, q.updated_at) as since
    from offline_conversion_queue q
    where q.status = 'PROCESSING'
      and coalesce(q.claimed_at, q.updated_at) >= $3
      and (coalesce(q.claimed_at, q.updated_at) < now() - make_interval(mins => $1)
           or coalesce(q.claimed_at, q.updated_at) > now() + interval '1 hour')
      -- They cannot be written; recover_stuck_offline_conversion_jobs() tries to end them.
      and not exists (
          select from offline_conversion_set_aside a where a.site_id = q.site_id and a.row_id = q.id)
    order by coalesce(q.claimed_at, q.updated_at)
    limit $2
    for update of q skip locked
),
recovered as (
    update offline_conversion_queue q
    set status = 'QUEUED', claim_token = null, claimed_at = null, updated_at = now()
    -- An array, not a join: whatever the planner expects of the limit, it looks the rows up by their keys.
    where q.id = any (array(select s.id from stuck s))
    returning q.id
)
select (select count(*) from recovered)::int,
       -- Within the driver's calendar.
       least((select max(s.since) from stuck s), '9999-01-01')
