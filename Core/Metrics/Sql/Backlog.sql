-- The picture after each run, by provider: what waits and how long, what failed lately, circuits, refused credentials.
-- One row for each provider of the worker, and for any other that the tables know. The backlog is kept as a sample.
-- It is the last statement of most runs, and notes their end too (as Tick.sql does): if there is nothing to correct, or it is done.
-- Index: offline_conversion_queue_due_idx, offline_conversion_queue_failed_idx, provider_upload_attempts_finished_idx;
-- conversion_corrections_due_idx as a whole, _ended_idx for a week of failures; circuits and credentials are one row a site, read whole.
-- $1 provider keys of the worker  $2 codes of corrections that nobody can change  $3 a correction's longest ordinary wait
-- $4 corrections are done?  $5 job
with waiting as (
    select q.provider_key, count(*) as total, min(q.created_at) as oldest
    from offline_conversion_queue q
    where q.status in ('QUEUED', 'RETRY')
    group by q.provider_key
),
failed as (
    select q.provider_key, count(*) as total
    from offline_conversion_queue q
    where q.status = 'FAILED' and q.updated_at > now() - interval '1 hour'
    group by q.provider_key
),
circuits as (
    select h.provider_key,
           count(*) filter (where h.state = 'CLOSED') as closed,
           count(*) filter (where h.state = 'OPEN') as open,
           count(*) filter (where h.state = 'HALF_OPEN') as half_open,
           -- One that a person isolated is open for as long as they want. One that holds nothing back, because nothing
           -- waits or because its site is gone, needs nobody.
           min(h.opened_at) filter (
               where h.state <> 'CLOSED'
                 and h.next_probe_at is distinct from 'infinity'
                 and exists (
                     select
                     from offline_conversion_queue q
                     where q.provider_key = h.provider_key
                       and q.site_id = h.site_id
                       and q.status in ('QUEUED', 'RETRY'))) as open_since
    from provider_health_state h
    group by h.provider_key
),
refused as (
    select c.provider_key, count(*) as total
    from provider_credentials c
    cross join lateral (
        -- What came before these credentials says nothing about them.
        select a.error_category
        from provider_upload_attempts a
        where a.site_id = c.site_id
          and a.provider_key = c.provider_key
          and a.phase = 'FINISHED'
          and a.created_at > c.updated_at
        order by a.created_at desc
        limit 1
    ) last_batch
    where c.is_active and last_batch.error_category = 'AUTH'
    group by c.provider_key
),
-- As the status page says that such a site needs a person.
undercounted as (
    select r.provider_key, count(*) as total
    from provider_reconciliations r
    join provider_credentials c on c.site_id = r.site_id and c.provider_key = r.provider_key and c.is_active
    where r.needs_person and r.reconciled_at > now() - interval '7 days'
    group by r.provider_key
),
corrections as (
    select c.provider_key, c.site_id, count(*) as total, min(c.created_at) as oldest
    from conversion_corrections c
    where c.status in ('QUEUED', 'RETRY')
      -- While the row is in a status of the dashboard's own, nothing is to be told.
      and not exists (
          select
          from offline_conversion_queue q
          where q.site_id = c.site_id
            and q.id = c.row_id
            and q.status not in ('QUEUED', 'PROCESSING', 'SUBMITTED', 'COMPLETED', 'RETRY', 'FAILED'))
    group by c.provider_key, c.site_id
),
correcting as (
    select c.provider_key, sum(c.total)::bigint as total
    from corrections c
    group by c.provider_key
),
-- As the status page says that such a site needs a person.
uncorrected as (
    select u.provider_key, count(*) as total
    from (
        select c.provider_key, c.site_id
        from conversion_corrections c
        where c.status = 'FAILED'
          and c.updated_at > now() - interval '7 days'
          and coalesce(c.provider_error_code <> 'CORRECTION_REPLACED' and c.provider_error_code <> all ($2), true)
          and not exists (
              select
              from conversion_corrections later
              where later.site_id = c.site_id and later.row_id = c.row_id and later.created_at > c.created_at)
        union
        select c.provider_key, c.site_id
        from corrections c
        join provider_credentials k on k.site_id = c.site_id and k.provider_key = c.provider_key and k.is_active
        left join provider_health_state h on h.site_id = c.site_id and h.provider_key = c.provider_key
        where c.oldest < now() - $3 and coalesce(h.state, 'CLOSED') = 'CLOSED'
    ) u
    group by u.provider_key
),
providers as (
    select unnest($1::text[]) as provider_key
    union
    select w.provider_key from waiting w
    union
    select f.provider_key from failed f
    union
    select c.provider_key from circuits c
    union
    select c.provider_key from correcting c
),
sampled as (
    -- For the status page's curve; two runs in one minute tell the same.
    insert into provider_backlog_samples (provider_key, taken_at, waiting, oldest_at)
    select p.provider_key, date_trunc('minute', now()), coalesce(w.total, 0), w.oldest
    from providers p
    left join waiting w using (provider_key)
    on conflict do nothing
),
ticked as (
    insert into worker_ticks as t (job, ended_at)
    select $5, now()
    where $4
       or (not exists (select from sale_changes_missed)
           and not exists (
               select
               from conversion_corrections c
               where c.provider_key = any ($1) and c.status in ('QUEUED', 'RETRY')))
    on conflict (job) do update set ended_at = excluded.ended_at
    returning t.job
),
trimmed as (
    delete from provider_backlog_samples s
    where s.provider_key in (select p.provider_key from providers p) and s.taken_at < now() - interval '2 days'
)
select p.provider_key,
       coalesce(w.total, 0) as backlog,
       -- An infinite time has no distance, and would leave every provider without its figures.
       case when w.oldest is null then 0 else extract(epoch from now() - greatest(w.oldest, '0001-01-02')) end::float8 as oldest_age,
       coalesce(f.total, 0) as failed_last_hour,
       coalesce(c.closed, 0) as closed,
       coalesce(c.open, 0) as open,
       coalesce(c.half_open, 0) as half_open,
       coalesce(extract(epoch from now() - c.open_since), 0)::float8 as open_age,
       coalesce(r.total, 0) as revoked,
       coalesce(u.total, 0) as undercounted,
       coalesce(k.total, 0) as corrections_waiting,
       coalesce(n.total, 0) as not_corrected,
       exists (select from ticked) as is_noted
from providers p
left join waiting w using (provider_key)
left join failed f using (provider_key)
left join circuits c using (provider_key)
left join refused r using (provider_key)
left join undercounted u using (provider_key)
left join correcting k using (provider_key)
left join uncorrected n using (provider_key)
order by p.provider_key
