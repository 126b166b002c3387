-- Rows of an id, of a sale with that id, or whose sale has an external reference. judge_sales() finds it for each site: an operator's role may not read the sales.
-- Locks: none. Index: sales_site_external_ref_key once for each site, the unique key on sale_id, the primary key.
-- $1 reference  $2 site or null  $3 most rows  $4 the same as an id, or null
select q.id, q.sale_id, q.site_id, q.status, q.created_at
from offline_conversion_queue q
where q.id = $4::uuid and q.sale_id is not null
   or q.sale_id = any (array(
       select j.sale_id
       from judge_sales((
           select coalesce(jsonb_agg(jsonb_build_object('line', 1, 'site_id', s.id, 'external_ref', $1::text)), '[]')
           from sites s
           where $2::uuid is null or s.id = $2)) j
       where j.sale_id is not null
       union all
       select $4::uuid
       where $4::uuid is not null))
order by q.created_at, q.id
limit $3
