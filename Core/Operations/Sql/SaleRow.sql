-- A sale's row of the queue, with what waits to be told of it, and whether Google was told, or may have been, what is final.
-- Locks: none. Index: the unique key on sale_id, conversion_corrections_row_idx.
-- $1 sale
select q.site_id,
       q.provider_key,
       q.status,
       coalesce(q.provider_error_code = 'SALE_CANCELED', false) as is_canceled,
       exists (
           select from conversion_corrections c where c.row_id = q.id and c.status in ('QUEUED', 'RETRY')) as waits,
       coalesce((
           select c.kind = 'RETRACT' or c.value_cents = 0
           from conversion_corrections c
           where c.row_id = q.id
             and (c.status in ('PROCESSING', 'SUBMITTED', 'COMPLETED')
                  or c.status in ('QUEUED', 'RETRY') and c.claim_count > 0)
           order by c.created_at desc, c.id desc
           limit 1), false) as is_final,
       -- From here as a claim reads it.
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
where q.sale_id = $1
limit 1
