-- Forgets what nobody renews any more: sites whose credentials are gone, actions that are no longer uploaded to.
-- Locks: those rows. Both tables are small, one row a site and 90 a site and action, and read whole once a run.
-- $1 seconds that are kept
with old as (
    delete from provider_reconciliations r
    where r.attempted_at < now() - make_interval(secs => $1)
)
delete from provider_reconciliation_days d
where d.day < (now() - make_interval(secs => $1))::date - 1
