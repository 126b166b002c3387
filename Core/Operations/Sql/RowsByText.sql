-- Rows by order id or click id, in a column or in the payload that overrides it.
-- Locks: none. Index: none, so the whole queue is read: somebody asks once in a while, and every write would pay for an index.
-- $1 order id or click id  $2 site or null  $3 most rows
select q.id, q.sale_id, q.site_id, q.status, q.created_at
from offline_conversion_queue q
where ($2::uuid is null or q.site_id = $2)
  -- A row without one is the dashboard's own, seen by a login that row security does not hold.
  and q.sale_id is not null
  and ($1 in (q.provider_ref, q.gclid, q.gbraid, q.wbraid)
       -- Most payloads are empty, and spare the look into them.
       or pg_column_size(q.payload) > 8
          and $1 in (q.payload ->> 'order_id', q.payload #>> '{click_ids,gclid}', q.payload #>> '{click_ids,gbraid}',
                     q.payload #>> '{click_ids,wbraid}'))
order by q.created_at, q.id
limit $3
