-- A sale and its row as the application queues them: created now.
-- $1 site  $2 beginning of its click id
with sold as (
    insert into sales (id, site_id, occurred_at, amount_cents, status)
    values (gen_random_uuid(), $1, now() - interval '2 days', 12345, 'CONFIRMED')
    returning id
)
insert into offline_conversion_queue (site_id, sale_id, gclid, conversion_time, value_cents, status)
select $1, s.id, $2 || s.id, now() - interval '2 days', 12345, 'QUEUED'
from sold s
