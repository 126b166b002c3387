-- The claim walks from group to group, then reads each group's due rows in order. Null sorts as "always due", and the
-- expression lets "due" be one range of the index instead of an OR.
create index if not exists offline_conversion_queue_due_idx
    on public.offline_conversion_queue
       (provider_key, site_id, (coalesce(next_retry_at, '-infinity'::timestamptz)), created_at)
    where status in ('QUEUED', 'RETRY');

-- Recovery looks for the oldest claims. One made in the older shape has no claimed_at.
create index if not exists offline_conversion_queue_processing_idx
    on public.offline_conversion_queue ((coalesce(claimed_at, updated_at)))
    where status = 'PROCESSING';

-- "Failures of the last hour" after each run.
create index if not exists offline_conversion_queue_failed_idx
    on public.offline_conversion_queue (updated_at)
    where status = 'FAILED';

create index if not exists provider_health_state_open_idx
    on public.provider_health_state (provider_key, next_probe_at)
    where state = 'OPEN';
