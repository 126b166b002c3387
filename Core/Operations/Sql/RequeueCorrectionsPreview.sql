-- What a requeue of corrections would touch, by status and reason. The conditions are those of RequeueCorrections.sql.
-- Locks: none. One pass over the corrections.
-- $1 site or null  $2 provider_key  $3 statuses  $4 category or null  $5 code or null  $6 since or null  $7 sale ids or null
select c.status, c.provider_error_category, c.provider_error_code, count(*)
from conversion_corrections c
join offline_conversion_queue q on q.site_id = c.site_id and q.id = c.row_id
where ($1::uuid is null or c.site_id = $1)
  and c.provider_key = $2
  and c.status = any ($3)
  and ($4::text is null or c.provider_error_category = $4)
  and ($5::text is null or c.provider_error_code = $5)
  and ($6::timestamptz is null or c.updated_at >= $6)
  and ($7::uuid[] is null or q.sale_id = any ($7))
  and is_correction_current(c.id)
group by c.status, c.provider_error_category, c.provider_error_code
order by count(*) desc, c.status, c.provider_error_category, c.provider_error_code
