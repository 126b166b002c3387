-- One round trip, one transaction: rows, counters, circuit and ledger of one uploaded batch. Only rows still under the
-- named claim change, and everything else is derived from those that did: a late worker changes nothing at all.
-- Locks: its own PROCESSING rows, mostly by id (the planner may choose another order), then the group's row of metrics and of
--        health. Another session's delete of several rows may hold one of them and wait for another. A wait for a row ends
--        after 0.8 s, before that session looks for a deadlock (deadlock_timeout, 1 s): this statement gives up, and is repeated.
-- Index: primary keys.
-- $1 claim token  $2 site_id  $3 provider_key  $4 duration_ms  $5 success?  $6 transient failure?
-- $7.. one element per row: id, status, seconds to wait, spends an attempt?, code, category, message, request id, ref,
--       may have been sent?, place in a submitted request
-- $18 wait before a submitted request is first asked about
with outcome as (
    select o.*,
           now() + make_interval(secs => o.wait) as next_retry_at,
           case when o.status = 'SUBMITTED' then now() end as submitted_at,
           case when o.status = 'COMPLETED' then now() end as uploaded_at
    -- An array from a subselect has a length that the planner cannot know: it looks rows up by their keys, and never
    -- thinks a large batch worth reading the table for.
    from unnest((select case when set_config('lock_timeout', '800ms', true) <> '' then $7::uuid[] end), (select $8::text[]), (select $9::float8[]), (select $10::bool[]),
                (select $11::text[]), (select $12::text[]), (select $13::text[]), (select $14::text[]),
                (select $15::text[]), (select $16::bool[]), (select $17::int[]))
         as o (id, status, wait, spends, code, category, message, request_id, ref, sent, place)
),
written as (
    update offline_conversion_queue q
    set status = o.status,
        retry_count = q.retry_count + (o.spends and q.retry_count < 2147483647)::int,
        claim_count = q.claim_count - (not o.sent)::int,
        next_retry_at = o.next_retry_at,
        claim_token = null,
        claimed_at = null,
        last_error = left(o.message, 1000),
        provider_error_code = o.code,
        provider_error_category = o.category,
        provider_request_id = coalesce(o.request_id, q.provider_request_id),
        provider_ref = coalesce(o.ref, q.provider_ref),
        request_index = o.place,
        submitted_at = coalesce(o.submitted_at, q.submitted_at),
        uploaded_at = coalesce(o.uploaded_at, q.uploaded_at),
        updated_at = now()
    from outcome o
    where q.site_id = $2
      and q.id = o.id
      and q.claim_token = $1
      -- Not "=", or the planner may take the index of the PROCESSING rows, which are all that are claimed and, beside an
      -- old transaction, all that ever were.
      and q.status is not distinct from 'PROCESSING'
    returning o.id, o.status, o.code, o.category, o.request_id
),
tally as materialized (
    select count(*) as changed,
           count(*) filter (where w.status = 'COMPLETED') as completed,
           count(*) filter (where w.status = 'FAILED') as failed,
           count(*) filter (where w.status = 'RETRY') as retry,
           count(*) filter (where w.status = 'SUBMITTED') as submitted,
           max(w.request_id) as request_id,
           -- The batch's most frequent error stands for it in the ledger.
           mode() within group (order by w.code) filter (where w.category is not null) as code,
           mode() within group (order by w.category) as category,
           -- Other write-backs of the group: they do not wait for us.
           set_config('lock_timeout', '0', true)
    from written w
),
requests as (
    insert into provider_upload_requests (site_id, provider_key, request_id, next_check_at)
    select distinct $2, $3, w.request_id, now() + $18
    from written w
    where w.status = 'SUBMITTED'
    on conflict (site_id, provider_key, request_id) do update
    set next_check_at = excluded.next_check_at, settled_at = null
),
finished as (
    insert into provider_upload_attempts
        (batch_id, site_id, provider_key, phase, claimed_count, completed_count, failed_count, retry_count,
         submitted_count, duration_ms, provider_request_id, error_code, error_category)
    select $1::text, $2, $3, 'FINISHED', t.changed, t.completed, t.failed, t.retry, t.submitted, $4,
           t.request_id, t.code, t.category
    from tally t
    where t.changed > 0
)
select t.changed::int,
       t.completed::int,
       t.failed::int,
       t.retry::int,
       t.submitted::int,
       count_provider_upload($2, $3, t.changed, t.completed, t.failed, t.retry, t.submitted),
       settle_provider_circuit($2, $3, $1, $5, $6),
       pg_backend_pid()
from tally t
where t.changed > 0
