-- Outcomes, ledger and counters of one batch over any number of sites, in one statement. Everything is derived from the
-- outcomes that changed: a job that a crashed worker leaves is done again, and must not be counted twice.
-- Locks: the counters of the batch's sites, in the order of the sites, so that two batches wait and do not deadlock.
-- Index: primary keys.
-- $1 batch id  $2 to $6, one element per sale, those of a site together: site, sale, status, provider reference, request id
with written as (
    insert into peer.sale_outcomes as s (site_id, sale_id, status, provider_ref, provider_request_id, uploaded_at)
    select o.site_id, o.sale_id, o.status, o.provider_ref, o.request_id, case when o.status = 'COMPLETED' then now() end
    from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[])
         as o (site_id, sale_id, status, provider_ref, request_id)
    on conflict (site_id, sale_id) do update
    set status = excluded.status,
        provider_ref = excluded.provider_ref,
        provider_request_id = excluded.provider_request_id,
        uploaded_at = excluded.uploaded_at
    where s.status <> 'COMPLETED'
    returning s.site_id, s.status, s.provider_request_id
),
tally as materialized (
    select w.site_id,
           count(*) filter (where w.status = 'COMPLETED') as completed,
           count(*) filter (where w.status = 'FAILED') as failed,
           count(*) filter (where w.status = 'RETRY') as retry,
           max(w.provider_request_id) as request_id
    from written w
    group by w.site_id
),
finished as (
    insert into peer.upload_ledger (batch_id, site_id, completed_count, failed_count, retry_count, provider_request_id)
    select $1::uuid, t.site_id, t.completed, t.failed, t.retry, t.request_id
    from tally t
)
insert into peer.site_counters as c (site_id, completed_total, failed_total, updated_at)
select t.site_id, t.completed, t.failed, now()
from tally t
order by t.site_id
on conflict (site_id) do update
set completed_total = c.completed_total + excluded.completed_total,
    failed_total = c.failed_total + excluded.failed_total,
    updated_at = excluded.updated_at
