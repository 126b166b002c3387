-- The names of all sites where they are few and their rows small, so that who shows most of them asks once; no row where they are more,
-- or the table is over 16 MiB: whole rows are read, as in SiteNames.sql, also of sites that nobody shows.
-- Locks: none. Index: the primary key, to count; then one pass over the few.
-- $1 most sites
select s.id, left(f.name, 200), left(f.domain, 200)
from sites s
cross join lateral jsonb_to_record(to_jsonb(s)) as f (name text, domain text)
where (select count(*) from (select from sites limit $1 + 1) few) <= $1
  and (select pg_table_size('sites')) <= 16777216
