-- One round trip, one transaction: a batch of corrections, its circuit and its line in the ledger. Only corrections still under
-- the claim change. One that would wait again while a newer state of its sale waits ends: the newer one is sent.
-- Locks: its own PROCESSING corrections, then the group's row of health. Index: primary keys.
-- $1 claim token  $2 site_id  $3 provider_key  $4 duration_ms  $5 success?  $6 transient failure?
-- $7.. one element per correction: id, status, seconds to wait, spends an attempt?, code, category, message, request id,
--      may have been sent?
with outcome as (
    select o.*
    from unnest((select $7::uuid[]), (select $8::text[]), (select $9::float8[]), (select $10::bool[]), (select $11::text[]),
                (select $12::text[]), (select $13::text[]), (select $14::text[]), (select $15::bool[]))
         as o (id, status, wait, spends, code, category, message, request_id, sent)
),
written as (
    update conversion_corrections c
    set status = o.end_status,
        retry_count = c.retry_count + (o.spends and c.retry_count < 2147483647)::int,
        claim_count = c.claim_count - (not o.sent)::int,
        next_retry_at = now() + make_interval(secs => o.wait),
        claim_token = null,
        claimed_at = null,
        last_error = left(case when o.is_replaced then 'A newer state of the sale is sent instead.' else o.message end, 1000),
        provider_error_code = case when o.is_replaced then 'CORRECTION_REPLACED' else o.code end,
        provider_error_category = case when o.is_replaced then 'VALIDATION' else o.category end,
        provider_request_id = coalesce(o.request_id, c.provider_request_id),
        completed_at = case when o.status = 'COMPLETED' then now() else c.completed_at end,
        updated_at = now()
    from (
        select o.*,
               o.status = 'RETRY' and n.waits as is_replaced,
               case when o.status = 'RETRY' and n.waits then 'FAILED' else o.status end as end_status
        from outcome o
        join conversion_corrections own on own.id = o.id
        cross join lateral (
            select exists (
                select
                from conversion_corrections c
                where c.row_id = own.row_id and c.status in ('QUEUED', 'RETRY')) as waits
        ) n
    ) o
    where c.site_id = $2
      and c.id = o.id
      and c.claim_token = $1
      and c.status is not distinct from 'PROCESSING'
    returning c.status, c.provider_error_code as code, c.provider_error_category as category, o.request_id
),
tally as materialized (
    select count(*) as changed,
           count(*) filter (where w.status = 'COMPLETED') as completed,
           count(*) filter (where w.status = 'FAILED') as failed,
           count(*) filter (where w.status = 'RETRY') as retry,
           max(w.request_id) as request_id,
           mode() within group (order by w.code) filter (where w.category is not null) as code,
           mode() within group (order by w.category) as category
    from written w
),
noted as (
    insert into provider_upload_attempts
        (batch_id, site_id, provider_key, phase, claimed_count, completed_count, failed_count, retry_count, submitted_count,
         duration_ms, provider_request_id, error_code, error_category)
    select $1::text, $2, $3, 'CORRECTED', t.changed, t.completed, t.failed, t.retry, 0, $4, t.request_id, t.code, t.category
    from tally t
    where t.changed > 0
)
select t.changed::int,
       t.completed::int,
       t.failed::int,
       t.retry::int,
       settle_provider_circuit($2, $3, $1, $5, $6)
from tally t
where t.changed > 0
