-- The classic cron worker's claim: fifty rows, oldest first.
-- $1 how many
update offline_conversion_queue q
set status = 'PROCESSING', claimed_at = now(), updated_at = now()
where q.id in (
    select w.id
    from offline_conversion_queue w
    where w.provider_key = 'google_ads'
      and w.status in ('QUEUED', 'RETRY')
      and (w.next_retry_at is null or w.next_retry_at <= now())
    order by w.created_at
    limit $1
    for update skip locked
)
returning q.id, q.site_id, q.sale_id
