-- What we sent on each of some days, by the ledger: rows of uploads, and those that the provider took. A line of a
-- settlement (no duration, nothing submitted) tells of conversions that were sent earlier and confirmed now.
-- Locks: none. Index: provider_upload_attempts_finished_idx, a range of it for each day.
-- $1 site_id  $2 provider_key  $3 beginnings of the days  $4 their ends  $5 seconds in which a provider need not have counted
select coalesce(sum(a.claimed_count) filter (where not l.settles), 0)::bigint as sent,
       coalesce(sum(a.completed_count) filter (where not l.settles), 0)::bigint as accepted,
       coalesce(sum(a.completed_count) filter (where l.settles), 0)::bigint as confirmed,
       coalesce(sum(a.completed_count) filter (
           where not l.settles and a.created_at > now() - make_interval(secs => $5)), 0)::bigint as recent
from unnest($3::timestamptz[], $4::timestamptz[]) with ordinality as d (starts, ends, place)
left join provider_upload_attempts a
    on a.site_id = $1
   and a.provider_key = $2
   and a.phase = 'FINISHED'
   and a.created_at >= d.starts
   and a.created_at < d.ends
left join lateral (select a.submitted_count is null and a.duration_ms is null as settles) l on true
group by d.place
order by d.place
