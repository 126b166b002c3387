-- The lease of a submitted request, of a time that no lease reaches, ends: the database's clock was ahead when it was taken.
-- Locks: those rows, skipping what is being settled. Index: provider_upload_requests_due_idx, read whole: the open requests.
with stuck as materialized (
    select r.site_id, r.provider_key, r.request_id
    from provider_upload_requests r
    where r.settled_at is null and r.lease_until > now() + interval '1 hour'
    for update skip locked
)
update provider_upload_requests r
set lease_token = null, lease_until = null, next_check_at = now()
from stuck s
where r.site_id = s.site_id and r.provider_key = s.provider_key and r.request_id = s.request_id
