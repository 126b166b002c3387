-- A row of the queue by its own id or by its sale's.
-- Locks: none. Index: primary key and the unique key on sale_id.
-- $1 row or sale id
select q.id,
       q.sale_id,
       q.site_id,
       q.provider_key,
       q.status,
       q.created_at,
       q.updated_at,
       greatest(least(q.conversion_time, '9999-01-01'), '0001-01-02') as conversion_time,
       q.value_cents,
       -- What is no code may be anything, a person's name too.
       case when q.currency ~ '^\s*[A-Za-z]{3}\s*$' then q.currency else '?' end,
       q.claim_count,
       q.retry_count,
       q.claimed_at,
       -- greatest passes over null, and a date would come of none.
       case when q.next_retry_at is not null then nullif(greatest(q.next_retry_at, '0001-01-02'), 'infinity') end as next_retry_at,
       q.submitted_at,
       q.uploaded_at,
       q.provider_error_code,
       q.provider_error_category,
       q.last_error,
       q.provider_ref,
       q.provider_request_id,
       q.request_index,
       -- From here as the claim reads it: what the worker makes of the row.
       q.id,
       q.sale_id,
       left(q.gclid, 1000),
       left(q.gbraid, 1000),
       left(q.wbraid, 1000),
       greatest(least(q.conversion_time, '9999-01-01'), '0001-01-02'),
       q.value_cents,
       left(q.currency, 10),
       carried_json(q.payload),
       q.retry_count,
       q.claim_count,
       carried_json(q.user_identifiers),
       coalesce(q.conversion_time_shift, 0)
from offline_conversion_queue q
where (q.id = $1 or q.sale_id = $1) and q.sale_id is not null
limit 1
