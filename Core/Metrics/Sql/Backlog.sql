-- What is waiting and what failed lately, by provider; one log line after each run.
-- Index: offline_conversion_queue_due_idx, offline_conversion_queue_failed_idx.
select b.provider_key, sum(b.backlog)::bigint as backlog, sum(b.failed)::bigint as failed_last_hour
from (
    select q.provider_key, count(*) as backlog, 0 as failed
    from offline_conversion_queue q
    where q.status in ('QUEUED', 'RETRY')
    group by q.provider_key
    union all
    select q.provider_key, 0, count(*)
    from offline_conversion_queue q
    where q.status = 'FAILED' and q.updated_at > now() - interval '1 hour'
    group by q.provider_key
) b
group by b.provider_key
order by b.provider_key
