-- What a worker is handed of a row's JSON is bounded here, whoever reads it: claim, corrections, previews.

-- The JSON as text of at most 64 KiB; null where it is longer, which ends the row as PAYLOAD_TOO_LARGE.
-- A column of 10 MB must not be read to learn so, and bytes tell little of a text: compressed, millions of characters take a few
-- thousand bytes, and a number of ten bytes has up to 131,072 digits. So it is looked at as it is stored, then unfolded, then for long
-- numbers, and only then written out; eight of those are a text of a megabyte. What has no long number and is short, as nearly all is,
-- costs a few microseconds.
-- Locks: none; it reads its argument.
create or replace function public.carried_json(p_json jsonb)
returns text
language plpgsql
immutable strict parallel safe
set search_path = ''
as $$
declare
    v_size int;
    v_text text;
begin
    if pg_column_size(p_json) > 16384 then
        return null;
    end if;
    -- Joined with an empty array it is unfolded. It may then be longer than its text: a number of one digit takes twelve bytes.
    v_size := pg_column_size(p_json || '[]'::jsonb);
    if v_size > 81920 then
        return null;
    end if;
    -- Ten numbers, or a kilobyte of such as 1.000, are a text of a megabyte at most: only for more of them are the digits counted.
    -- In two steps: an expression with a query in it is slow, whether the query runs or not.
    if v_size > 160
       and (p_json @? 'strict $.** ? (@ >= 1e100 || @ <= -1e100)'
            or v_size > 1024 and p_json @? 'strict $.** ? (@.type() == "number")') then
        if (select count(*)
            from jsonb_path_query(p_json, 'strict $.** ? (@.type() == "number")') n (value)
            where scale(n.value::numeric) > 100 or abs(n.value::numeric) >= 1e100) > 8 then
            return null;
        end if;
    end if;
    v_text := p_json::text;
    return case when octet_length(v_text) <= 65536 then v_text end;
end
$$;

-- As in 0009_refused_claims.sql, but that the texts are read as the claim reads them.
create or replace function public.try_offline_conversion_claim(p_site_id uuid, p_row_ids uuid[])
returns text
language plpgsql
set search_path = ''
as $$
begin
    update public.offline_conversion_queue q
    set status = 'PROCESSING',
        claim_token = gen_random_uuid(),
        claimed_at = now(),
        claim_count = least(q.claim_count, 2147483646) + 1,
        updated_at = now()
    where q.site_id = p_site_id and q.id = any (p_row_ids);
    set constraints all immediate;
    perform count(public.carried_json(q.payload)), count(public.carried_json(q.user_identifiers))
    from public.offline_conversion_queue q
    where q.site_id = p_site_id and q.id = any (p_row_ids);
    raise exception 'undone' using errcode = 'OM000';
exception
    when sqlstate 'OM000' then
        return null;
    when data_exception or integrity_constraint_violation or raise_exception or data_corrupted then
        return sqlstate;
end
$$;

-- service_role alone: other roles lose what the database's default privileges give them.
do $$
declare
    v_role text;
begin
    for v_role in
        select 'public'
        union all
        select quote_ident(r.rolname) from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
    loop
        execute format('revoke execute on function public.carried_json(jsonb) from %s', v_role);
    end loop;
end
$$;

grant execute on function public.carried_json(jsonb) to service_role;
