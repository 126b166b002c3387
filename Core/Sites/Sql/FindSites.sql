-- Sites by the beginning of their id, or by name or domain, whatever the case; the columns may be missing, as in SiteNames.sql.
-- Locks: none. One pass over the sites: somebody has typed a name, and waits for it.
-- $1 name or domain  $2 and $3 the lowest and highest id that begin so, null where it is no beginning of an id
-- $4 the text is the beginning of a name or domain  $5 most sites
select s.id, left(f.name, 200), left(f.domain, 200)
from sites s
cross join lateral jsonb_to_record(to_jsonb(s)) as f (name text, domain text)
where s.id between $2::uuid and $3::uuid
   or case when $4 then starts_with(lower(btrim(f.name)), lower($1::text)) else lower(btrim(f.name)) = lower($1::text) end
   or case when $4 then starts_with(lower(btrim(f.domain)), lower($1::text)) else lower(btrim(f.domain)) = lower($1::text) end
order by s.id
limit $5
