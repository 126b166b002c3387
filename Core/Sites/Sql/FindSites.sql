-- Sites by the beginning of their id, or by name or domain, whatever the case; the columns may be missing, as in SiteNames.sql.
-- Locks: none. One pass over the sites for all texts, and a join of their names: somebody has typed them, and waits.
-- $1 names or domains  $2 and $3 the lowest and highest id that begin so, null where it is no beginning of an id
-- $4 what a text is of a name or domain: whole, start or part  $5 most sites of a text
-- $6 what is cut from the ends of names
with wanted as materialized (
    select w.place, lower(w.text) as text, w.low, w.high
    from unnest($1::text[], $2::uuid[], $3::uuid[]) with ordinality as w (text, low, high, place)
),
named as materialized (
    select s.id, left(f.name, 200) as name, left(f.domain, 200) as domain, lower(btrim(f.name, $6)) as full_name, lower(btrim(f.domain, $6)) as full_domain
    from sites s
    cross join lateral jsonb_to_record(to_jsonb(s)) as f (name text, domain text)
),
found as (
    select w.place, n.id
    from wanted w
    join named n on n.id between w.low and w.high
    where w.low is not null
    union
    select w.place, n.id
    from wanted w
    join named n on n.full_name = w.text
    where $4 = 'whole'
    union
    select w.place, n.id
    from wanted w
    join named n on n.full_domain = w.text
    where $4 = 'whole'
    union
    select w.place, n.id
    from wanted w
    join named n on starts_with(n.full_name, w.text) or starts_with(n.full_domain, w.text)
    where $4 = 'start'
    union
    select w.place, n.id
    from wanted w
    join named n on strpos(n.full_name, w.text) > 0 or strpos(n.full_domain, w.text) > 0
    where $4 = 'part'
)
select r.id, n.name, n.domain, r.place
from (select f.place, f.id, row_number() over (partition by f.place order by f.id) as rank from found f) r
join named n on n.id = r.id
where r.rank <= $5
order by r.place, r.id
