-- What became of rows in each hour of the last day, by the ledger; the first and the last hour are not whole.
-- Locks: none. Index: provider_upload_attempts_created_idx finds the pages of the day. Cost: the batches of a day.
-- $1 site or null
select to_timestamp(floor(extract(epoch from a.created_at) / 3600) * 3600) as hour,
       coalesce(sum(a.completed_count), 0)::bigint as completed,
       coalesce(sum(a.failed_count), 0)::bigint as failed,
       coalesce(sum(a.retry_count), 0)::bigint as retry
from provider_upload_attempts a
where a.phase = 'FINISHED'
  and a.created_at > now() - interval '1 day'
  and ($1::uuid is null or a.site_id = $1)
group by 1
order by 1
