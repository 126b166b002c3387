-- Counters and ledger are what the rows did, site by site: nothing counted twice, nothing left out.
with done as (
    select a.site_id,
           a.provider_key,
           count(*) filter (where a.old_status = 'PROCESSING' and a.new_status <> 'QUEUED') as attempts,
           count(*) filter (where a.new_status = 'COMPLETED') as completed,
           count(*) filter (where a.new_status = 'FAILED') as failed,
           count(*) filter (where a.new_status = 'RETRY') as retry
    from audit_rows a
    where a.old_status in ('PROCESSING', 'SUBMITTED')
    group by a.site_id, a.provider_key
),
ledger as (
    select l.site_id, l.provider_key, sum(l.completed_count) as completed, sum(l.failed_count) as failed,
           sum(l.retry_count) as retry
    from provider_upload_attempts l
    where l.phase = 'FINISHED'
    group by l.site_id, l.provider_key
)
select format('site %s: rows did %s/%s/%s/%s, metrics say %s/%s/%s/%s, ledger %s/%s/%s', d.site_id,
              d.attempts, d.completed, d.failed, d.retry,
              m.attempts_total, m.completed_total, m.failed_total, m.retry_total, l.completed, l.failed, l.retry)
from done d
left join provider_upload_metrics m on m.site_id = d.site_id and m.provider_key = d.provider_key
left join ledger l on l.site_id = d.site_id and l.provider_key = d.provider_key
where (d.attempts, d.completed, d.failed, d.retry) is distinct from (
          coalesce(m.attempts_total, 0), coalesce(m.completed_total, 0), coalesce(m.failed_total, 0),
          coalesce(m.retry_total, 0))
   or (d.completed, d.failed, d.retry) is distinct from (
          coalesce(l.completed, 0), coalesce(l.failed, 0), coalesce(l.retry, 0))
limit 20
