-- How every site stands that has rows, uploads or a circuit: counts by status, age, credentials, circuit, last batch,
-- and what its parked, its refused and the day's other failed rows say, by the latest of each.
-- Rows that were set aside are counted by themselves and among those under way.
-- Completed rows are counted by provider_upload_metrics, not by reading them: they are nearly all rows there are.
-- Locks: none. Index: offline_conversion_queue_due_idx and _trouble_idx, read as a whole without the table;
-- _processing_idx and _submitted_idx, which hold what is under way; provider_upload_attempts_finished_idx once for each
-- site that has trouble, and over its batches of a day for one where many rows failed today; _trouble_idx again, and up to 20
-- rows of the table, for a site with parked, with refused or with many failed rows;
-- conversion_corrections_due_idx as a whole, _ended_idx for a day of told ones and a week of failures, _row_idx for each of these.
-- Cost: grows with the rows that are not completed, some 0.1 microseconds each.
-- $1 site or null  $2 codes of corrections that nobody can change  $3 failures of a day, from which on their share counts
with correction as materialized (
    select e.provider_key,
           e.site_id,
           sum(e.waiting)::bigint as waiting,
           min(e.oldest) as oldest,
           sum(e.told)::bigint as told,
           sum(e.failed)::bigint as failed,
           sum(e.final)::bigint as final,
           max(e.code) as code
    from (
        select c.provider_key,
               c.site_id,
               count(*) as waiting,
               min(c.created_at) as oldest,
               0::bigint as told,
               0::bigint as failed,
               0::bigint as final,
               null::text as code
        from conversion_corrections c
        where c.status in ('QUEUED', 'RETRY')
          and ($1::uuid is null or c.site_id = $1)
          -- While the row is in a status of the dashboard's own, nothing is to be told.
          and not exists (
              select
              from offline_conversion_queue q
              where q.site_id = c.site_id
                and q.id = c.row_id
                and q.status not in ('QUEUED', 'PROCESSING', 'SUBMITTED', 'COMPLETED', 'RETRY', 'FAILED'))
        group by c.provider_key, c.site_id
        union all
        select c.provider_key, c.site_id, 0, null, count(*), 0, 0, null
        from conversion_corrections c
        where c.status = 'COMPLETED' and c.updated_at > now() - interval '1 day' and ($1::uuid is null or c.site_id = $1)
        group by c.provider_key, c.site_id
        union all
        select f.provider_key,
               f.site_id,
               0,
               null,
               0,
               count(*) filter (where not f.is_final),
               count(*) filter (where f.is_final),
               mode() within group (order by f.code) filter (where not f.is_final)
        from (
            select c.provider_key,
                   c.site_id,
                   c.provider_error_code as code,
                   coalesce(c.provider_error_code = any ($2), false) as is_final
            from conversion_corrections c
            where c.status = 'FAILED'
              and c.updated_at > now() - interval '7 days'
              and c.provider_error_code is distinct from 'CORRECTION_REPLACED'
              and ($1::uuid is null or c.site_id = $1)
              -- What a later correction of the row has overtaken needs nobody.
              and not exists (
                  select
                  from conversion_corrections later
                  where later.site_id = c.site_id and later.row_id = c.row_id and later.created_at > c.created_at)
        ) f
        group by f.provider_key, f.site_id
    ) e
    group by e.provider_key, e.site_id
),
counted as (
    select w.provider_key,
           w.site_id,
           w.total as waiting,
           w.oldest,
           0::bigint as retry,
           0::bigint as failed,
           0::bigint as failed_today,
           0::bigint as parked,
           0::bigint as refused,
           0::bigint as processing,
           0::bigint as submitted,
           0::bigint as set_aside,
           0::bigint as rejected_today
    from (
        select q.provider_key, q.site_id, count(*) as total, min(q.created_at) as oldest
        from offline_conversion_queue q
        where q.status in ('QUEUED', 'RETRY') and ($1::uuid is null or q.site_id = $1)
        group by q.provider_key, q.site_id
    ) w
    union all
    select t.provider_key, t.site_id, 0, null, t.retry, t.total - t.retry, t.failed_today, t.parked, t.refused, 0, 0, 0,
           t.rejected_today
    from (
        -- Of half a million rows each comparison is felt: what is seldom true comes first, and the day is reckoned once.
        select q.provider_key,
               q.site_id,
               count(*) as total,
               count(*) filter (where q.status = 'RETRY') as retry,
               count(*) filter (where q.updated_at > (select now() - interval '1 day') and q.status = 'FAILED') as failed_today,
               count(*) filter (where q.provider_error_category = 'CONFIGURATION' and q.status = 'RETRY') as parked,
               count(*) filter (where q.provider_error_category = 'AUTH' and q.status = 'FAILED') as refused,
               count(*) filter (
                   where q.updated_at > (select now() - interval '1 day')
                     and q.status = 'FAILED'
                     and q.provider_error_category is distinct from 'AUTH') as rejected_today
        from offline_conversion_queue q
        where q.status in ('FAILED', 'RETRY') and ($1::uuid is null or q.site_id = $1)
        group by q.provider_key, q.site_id
    ) t
    union all
    select q.provider_key, q.site_id, 0, null, 0, 0, 0, 0, 0, count(*), 0, 0, 0
    from offline_conversion_queue q
    where q.status = 'PROCESSING' and ($1::uuid is null or q.site_id = $1)
    group by q.provider_key, q.site_id
    union all
    select q.provider_key, q.site_id, 0, null, 0, 0, 0, 0, 0, 0, count(*), 0, 0
    from offline_conversion_queue q
    where q.status = 'SUBMITTED' and ($1::uuid is null or q.site_id = $1)
    group by q.provider_key, q.site_id
    union all
    select h.provider_key, h.site_id, 0, null, 0, 0, 0, 0, 0, 0, 0, 0, 0
    from provider_health_state h
    where h.state <> 'CLOSED' and ($1::uuid is null or h.site_id = $1)
    union all
    select m.provider_key, m.site_id, 0, null, 0, 0, 0, 0, 0, 0, 0, 0, 0
    from provider_upload_metrics m
    where $1::uuid is null or m.site_id = $1
    union all
    select a.provider_key, a.site_id, 0, null, 0, 0, 0, 0, 0, 0, 0, count(*), 0
    from offline_conversion_set_aside a
    where $1::uuid is null or a.site_id = $1
    group by a.provider_key, a.site_id
    union all
    select c.provider_key, c.site_id, 0, null, 0, 0, 0, 0, 0, 0, 0, 0, 0
    from correction c
),
site as materialized (
    select c.provider_key,
           c.site_id,
           sum(c.waiting)::bigint as waiting,
           min(c.oldest) as oldest,
           sum(c.retry)::bigint as retry,
           sum(c.failed)::bigint as failed,
           sum(c.failed_today)::bigint as failed_today,
           sum(c.parked)::bigint as parked,
           sum(c.refused)::bigint as refused,
           sum(c.processing)::bigint as processing,
           sum(c.submitted)::bigint as submitted,
           sum(c.set_aside)::bigint as set_aside,
           sum(c.rejected_today)::bigint as rejected_today
    from counted c
    group by c.provider_key, c.site_id
),
-- Those of which many rows failed today, with what the day completed and why most of the latest of them failed. Apart, so that the plan
-- counts on few: the estimate of a look-up for every site would be dear enough for the server to compile the whole query, for seconds.
suspect as materialized (
    select s.provider_key, s.site_id, t.completed, j.code, n.canceled
    from site s
    cross join lateral (
        select coalesce(sum(a.completed_count), 0)::bigint as completed
        from provider_upload_attempts a
        where a.site_id = s.site_id
          and a.provider_key = s.provider_key
          and a.phase = 'FINISHED'
          and a.created_at > now() - interval '1 day'
    ) t
    cross join lateral (
        select mode() within group (order by l.provider_error_code) as code
        from (
            select q.provider_error_code
            from offline_conversion_queue q
            where q.provider_key = s.provider_key and q.site_id = s.site_id
              and q.status = 'FAILED' and q.updated_at > now() - interval '1 day'
              and q.provider_error_category is distinct from 'AUTH'
              and q.provider_error_code is distinct from 'SALE_CANCELED'
            order by q.updated_at desc
            limit $3
        ) l
    ) j
    cross join lateral (
        -- A sale that the customer canceled before it was sent failed at nobody's fault.
        select count(*) as canceled
        from offline_conversion_queue q
        where q.provider_key = s.provider_key and q.site_id = s.site_id
          and q.status = 'FAILED' and q.updated_at > now() - interval '1 day'
          and q.provider_error_code = 'SALE_CANCELED'
    ) n
    where s.rejected_today >= $3
)
select s.provider_key,
       s.site_id,
       s.waiting,
       s.oldest,
       s.retry,
       s.failed,
       s.failed_today,
       s.parked,
       s.refused,
       s.processing,
       s.submitted,
       coalesce(m.completed_total, 0) as completed,
       k.updated_at as credentials_since,
       coalesce(h.state, 'CLOSED')::text as circuit,
       h.opened_at,
       nullif(h.next_probe_at, 'infinity') as next_probe_at,
       coalesce(h.state = 'OPEN' and h.next_probe_at = 'infinity', false) as isolated,
       coalesce(h.failure_count, 0) as failures,
       b.error_code,
       b.error_category,
       b.created_at as last_batch_at,
       coalesce(b.completed_count, 0) as last_completed,
       coalesce(b.failed_count, 0) as last_failed,
       p.code as parked_code,
       r.code as refused_code,
       s.set_aside,
       -- What was compared long ago, or under credentials that are gone, says nothing of today.
       w.reconciled_at,
       w.verdict,
       w.reason,
       w.from_day,
       w.to_day,
       w.accepted,
       w.counted,
       w.pending,
       coalesce(c.waiting, 0) as corrections_waiting,
       c.oldest as corrections_oldest,
       coalesce(c.told, 0) as corrections_told,
       coalesce(c.failed, 0) as corrections_failed,
       coalesce(c.final, 0) as corrections_final,
       c.code as corrections_code,
       s.rejected_today - coalesce(x.canceled, 0) as rejected_today,
       x.completed as completed_today,
       x.code as rejected_code
from site s
left join suspect x on x.site_id = s.site_id and x.provider_key = s.provider_key
left join correction c on c.site_id = s.site_id and c.provider_key = s.provider_key
left join provider_upload_metrics m on m.site_id = s.site_id and m.provider_key = s.provider_key
left join provider_credentials k on k.site_id = s.site_id and k.provider_key = s.provider_key and k.is_active
left join provider_health_state h on h.site_id = s.site_id and h.provider_key = s.provider_key
left join provider_reconciliations w
    on w.site_id = s.site_id
   and w.provider_key = s.provider_key
   and w.reconciled_at > now() - interval '7 days'
   and k.updated_at is not null
left join lateral (
    select a.error_code, a.error_category, a.created_at, a.completed_count, a.failed_count
    from provider_upload_attempts a
    -- Here, not in the join's condition: there it is read for every site and then dropped.
    where (s.refused + s.parked + s.failed_today > 0 or $1 is not null)
      and a.site_id = s.site_id and a.provider_key = s.provider_key and a.phase = 'FINISHED'
    order by a.created_at desc
    limit 1
) b on true
left join lateral (
    select mode() within group (order by l.provider_error_code) as code
    from (
        select q.provider_error_code
        from offline_conversion_queue q
        where s.parked > 0 and q.provider_key = s.provider_key and q.site_id = s.site_id
          and q.status = 'RETRY' and q.provider_error_category = 'CONFIGURATION'
        order by q.updated_at desc
        limit 20
    ) l
) p on true
left join lateral (
    select mode() within group (order by l.provider_error_code) as code
    from (
        select q.provider_error_code
        from offline_conversion_queue q
        where s.refused > 0 and q.provider_key = s.provider_key and q.site_id = s.site_id
          and q.status = 'FAILED' and q.provider_error_category = 'AUTH'
        order by q.updated_at desc
        limit 20
    ) l
) r on true
