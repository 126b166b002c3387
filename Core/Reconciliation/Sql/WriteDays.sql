-- Renews the days that were read, and removes those of the site that are older than are kept. A day that the provider tells
-- nothing of any more keeps what it told before, and so do the alerts of a day.
-- Locks: the site's own days. Index: the primary key.
-- $1 site_id  $2 provider_key  $3 action_id  $4 the oldest day that is kept
-- $5.. one element per day: day, sent, accepted, confirmed, recent, counted, failed, pending, alerts
with trimmed as (
    delete from provider_reconciliation_days d
    where d.site_id = $1 and d.provider_key = $2 and d.day < $4
)
insert into provider_reconciliation_days as d
    (site_id, provider_key, action_id, day, sent, accepted, confirmed, recent, counted, failed, pending, alerts)
select $1, $2, $3, n.day, n.sent, n.accepted, n.confirmed, n.recent, n.counted, n.failed, n.pending, coalesce(n.alerts, '[]')::jsonb
from unnest($5::date[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[],
            $13::text[])
     as n (day, sent, accepted, confirmed, recent, counted, failed, pending, alerts)
where n.day >= $4
on conflict (site_id, provider_key, action_id, day) do update
set sent = excluded.sent,
    accepted = excluded.accepted,
    confirmed = excluded.confirmed,
    recent = excluded.recent,
    counted = coalesce(excluded.counted, d.counted),
    failed = coalesce(excluded.failed, d.failed),
    pending = coalesce(excluded.pending, d.pending),
    alerts = case when excluded.alerts = '[]' then d.alerts else excluded.alerts end
