-- A site's last corrections, the newest first.
-- Locks: none. Index: conversion_corrections_site_idx from its end, then the rows by their key.
-- $1 site_id  $2 provider_key  $3 most corrections
select c.id,
       q.sale_id,
       c.kind,
       c.value_cents,
       -- What is no code may be anything, a person's name too.
       case when c.currency ~ '^\s*[A-Za-z]{3}\s*$' then c.currency else '?' end,
       c.status,
       c.created_at,
       c.updated_at,
       case when c.next_retry_at is not null then nullif(greatest(c.next_retry_at, '0001-01-02'), 'infinity') end as next_retry_at,
       c.provider_error_code,
       c.provider_error_category,
       left(c.last_error, 300)
from conversion_corrections c
join offline_conversion_queue q on q.site_id = c.site_id and q.id = c.row_id
where c.site_id = $1 and c.provider_key = $2
order by c.created_at desc, c.id desc
limit $3
