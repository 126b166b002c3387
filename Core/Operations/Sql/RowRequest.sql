-- The submitted request that a row is, or was last, in.
-- Locks: none. Index: primary key.
-- $1 site  $2 provider_key  $3 request id
select r.submitted_at, r.check_count, r.next_check_at, r.settled_at
from provider_upload_requests r
where r.site_id = $1 and r.provider_key = $2 and r.request_id = $3
