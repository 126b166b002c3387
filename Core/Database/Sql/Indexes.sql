-- The indexes of tables that may be large. `migrate` builds each that is missing after the scripts, in a step of its own and
-- outside of a transaction; one that is there and valid stays as it is, so a new index is only added here.
-- Locks: "concurrently" lets readers and writers of the table pass. It waits for transactions that are older than itself.

-- A site's reference names one sale; enqueue_sales() finds sales by it.
create unique index concurrently sales_site_external_ref_key
    on public.sales (site_id, external_ref)
    where external_ref is not null;

-- The claim walks from group to group, then reads each group's due rows in order. Null sorts as "always due", and the
-- expression lets "due" be one range of the index instead of an OR.
create index concurrently offline_conversion_queue_due_idx
    on public.offline_conversion_queue
       (provider_key, site_id, (coalesce(next_retry_at, '-infinity'::timestamptz)), created_at)
    where status in ('QUEUED', 'RETRY');

-- Recovery reads the oldest claims. One made by the dashboard's older worker has no claimed_at.
create index concurrently offline_conversion_queue_processing_idx
    on public.offline_conversion_queue ((coalesce(claimed_at, updated_at)))
    where status = 'PROCESSING';

-- "Failures of the last hour" after each run.
create index concurrently offline_conversion_queue_failed_idx
    on public.offline_conversion_queue (updated_at)
    where status = 'FAILED';

-- The rows of an accepted request, when it is settled.
create index concurrently offline_conversion_queue_submitted_idx
    on public.offline_conversion_queue (site_id, provider_key, provider_request_id)
    where status = 'SUBMITTED';

-- Sent rows that still hold hashed identifiers, the oldest first, until recovery clears them.
create index concurrently offline_conversion_queue_identifiers_idx
    on public.offline_conversion_queue ((coalesce(uploaded_at, updated_at)))
    where status = 'COMPLETED'
      and (user_identifiers is not null
           or payload @? 'strict $.keyvalue().key ? (@ like_regex "^(user_identifiers|_*(hashed|sha_*256)_*(email(_*address)?|phone(_*number)?)_*)$" flag "i")');

-- The status page: failed and retried rows by site, reason and time. A row that is queued, sent and completed is never in
-- it, so the usual writes do not pay for it.
create index concurrently offline_conversion_queue_trouble_idx
    on public.offline_conversion_queue (provider_key, site_id, status, updated_at, provider_error_category)
    where status in ('FAILED', 'RETRY');

-- A site's last batch, at once.
create index concurrently provider_upload_attempts_finished_idx
    on public.provider_upload_attempts (site_id, provider_key, created_at desc)
    where phase = 'FINISHED';

-- The last day of all sites. The ledger is only appended to, in the order of time, so a few pages of summary do.
create index concurrently provider_upload_attempts_created_idx
    on public.provider_upload_attempts using brin (created_at) with (pages_per_range = 32, autosummarize = on);

-- The batches of a site since a row was queued. What they ended as is in provider_upload_attempts_finished_idx.
create index concurrently provider_upload_attempts_started_idx
    on public.provider_upload_attempts (site_id, provider_key, created_at)
    where phase = 'STARTED';
