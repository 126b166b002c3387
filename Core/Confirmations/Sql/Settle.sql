-- One round trip, one transaction: the request is settled, its rows get their outcomes, and counters, circuit and ledger
-- follow from the rows that changed. Nothing happens when the lease is no longer ours: whoever has it will settle.
-- Locks: the request's row, its SUBMITTED rows, by id, then the group's row of metrics and of health. A wait for a row ends
-- before another session would look for a deadlock, as in WriteBack.sql.
-- Index: primary keys. The array leads to them whatever its length, and the case hides the fence from the planner: with
-- statistics older than the request it would expect one row, and compare each row with each outcome.
-- A success says nothing to the circuit: the request was accepted long ago, and the provider may be down by now.
-- $1 lease token  $2 site_id  $3 provider_key  $4 request_id  $5 transient failure?
-- $6.. one element per row: id, status, seconds to wait, spends an attempt?, code, category, message
-- $13 are these the last of its rows? If not, the request stays ours, and open.
with held as (
    update provider_upload_requests r
    set settled_at = case when $13 then now() end,
        lease_token = case when $13 then null else r.lease_token end,
        lease_until = case when $13 then null else r.lease_until end
    where r.site_id = $2 and r.provider_key = $3 and r.request_id = $4 and r.lease_token = $1 and r.settled_at is null
    returning r.request_id
),
outcome as (
    select *
    from unnest((select case when set_config('lock_timeout', '800ms', true) <> '' then $6::uuid[] end), $7::text[], $8::float8[], $9::bool[], $10::text[], $11::text[], $12::text[])
         as o (id, status, wait, spends, code, category, message)
),
written as (
    update offline_conversion_queue q
    set status = o.status,
        retry_count = q.retry_count + (o.spends and q.retry_count < 2147483647)::int,
        next_retry_at = now() + make_interval(secs => o.wait),
        last_error = left(o.message, 1000),
        provider_error_code = o.code,
        provider_error_category = o.category,
        uploaded_at = case when o.status = 'COMPLETED' then now() else q.uploaded_at end,
        updated_at = now()
    from outcome o, held h
    where q.site_id = $2
      and q.id = o.id
      and q.id = any (array(select o.id from outcome o))
      and case when q.status = 'SUBMITTED' then q.provider_request_id = h.request_id else false end
    returning o.status, o.code, o.category
),
tally as materialized (
    select count(*) as changed,
           count(*) filter (where w.status = 'COMPLETED') as completed,
           count(*) filter (where w.status = 'FAILED') as failed,
           count(*) filter (where w.status = 'RETRY') as retry,
           mode() within group (order by w.code) filter (where w.category is not null) as code,
           mode() within group (order by w.category) as category,
           set_config('lock_timeout', '0', true)
    from written w
),
finished as (
    insert into provider_upload_attempts
        (batch_id, site_id, provider_key, phase, claimed_count, completed_count, failed_count, retry_count,
         provider_request_id, error_code, error_category)
    select $1::text, $2, $3, 'FINISHED', t.changed, t.completed, t.failed, t.retry, $4, t.code, t.category
    from tally t
    where t.changed > 0
)
select t.changed::int,
       t.completed::int,
       t.failed::int,
       t.retry::int,
       count_provider_upload($2, $3, 0, t.completed, t.failed, t.retry, 0),
       record_provider_outcome($2, $3, false, $5)
from tally t
where t.changed > 0
