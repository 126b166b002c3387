-- A site's rows that are not completed, a few of each kind: those that wait in the order in which they are claimed, those
-- under way, and the latest failures.
-- Locks: none. Index: offline_conversion_queue_due_idx, _trouble_idx, _submitted_idx and _processing_idx, each for a few.
-- $1 site_id  $2 provider_key  $3 most rows of a kind
with found as (
    (select q.id
     from offline_conversion_queue q
     where q.provider_key = $2 and q.site_id = $1 and q.status = 'FAILED'
     order by q.updated_at desc
     limit $3)
    union all
    (select q.id
     from offline_conversion_queue q
     where q.provider_key = $2 and q.site_id = $1 and q.status in ('QUEUED', 'RETRY')
     order by coalesce(q.next_retry_at, '-infinity'::timestamptz), q.created_at
     limit $3)
    union all
    (select q.id
     from offline_conversion_queue q
     where q.provider_key = $2 and q.site_id = $1 and q.status = 'SUBMITTED'
     limit $3)
    union all
    (select q.id
     from offline_conversion_queue q
     where q.provider_key = $2 and q.site_id = $1 and q.status = 'PROCESSING'
     limit $3)
)
select q.id,
       q.sale_id,
       q.status,
       q.created_at,
       q.updated_at,
       case when q.next_retry_at is not null then nullif(greatest(q.next_retry_at, '0001-01-02'), 'infinity') end as next_retry_at,
       q.retry_count,
       q.provider_error_code,
       q.provider_error_category,
       left(q.last_error, 300),
       q.value_cents,
       -- What is no code may be anything, a person's name too.
       case when q.currency ~ '^\s*[A-Za-z]{3}\s*$' then q.currency else '?' end
from offline_conversion_queue q
where q.id = any (array(select f.id from found f))
order by array_position(array['FAILED', 'PROCESSING', 'SUBMITTED', 'RETRY', 'QUEUED'], q.status), q.updated_at desc, q.id
