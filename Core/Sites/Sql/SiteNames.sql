-- The names of some sites, with every other site whose id begins as one of theirs: a short id is to name one site alone.
-- The application's table may have a name, a domain, both or neither: a row's values are taken by their keys, so that no column
-- must be there. That reads whole rows, but those of these sites alone.
-- Locks: none. Index: the primary key, once for each beginning.
-- $1 the lowest ids that begin so  $2 the highest
select s.id, left(f.name, 200), left(f.domain, 200)
from unnest($1::uuid[], $2::uuid[]) as w (low, high)
join sites s on s.id between w.low and w.high
cross join lateral jsonb_to_record(to_jsonb(s)) as f (name text, domain text)
