-- Not settled yet: ask again later. Index: primary key.
-- $1 lease token  $2 site_id  $3 provider_key  $4 request_id  $5 wait
update provider_upload_requests r
set next_check_at = now() + $5, lease_token = null, lease_until = null
where r.site_id = $2 and r.provider_key = $3 and r.request_id = $4 and r.lease_token = $1 and r.settled_at is null
