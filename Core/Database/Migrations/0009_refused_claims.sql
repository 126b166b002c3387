-- What keeps the other rows moving when the database refuses to hand one to a worker.

-- Makes a claim's change to rows and takes it back: the SQLSTATE with which the database refuses it, or null. Constraints
-- that wait for the commit are checked too, and the texts that a claim reads are read.
-- Locks: the rows, which its caller holds. Index: primary key.
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
    perform count(octet_length(case when pg_column_size(q.payload) <= 16384 then q.payload::text end)),
            count(octet_length(case when pg_column_size(q.user_identifiers) <= 16384 then q.user_identifiers::text end))
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

-- After a claim that the database refused: finds the waiting rows that it refuses, in the order in which the claim went,
-- and ends them as FAILED, or sets them aside, where no claim takes them; recovery forgets that once in a while, and they
-- are tried again. Where it is not single rows (more than 20 of a site, all of a probe, or only together), none is ended: the
-- site's circuit opens, and its probe tries again.
-- Returns what was done: a row with its SQLSTATE and how it ended (failed, set_aside), or a site held, without a row.
-- Nothing is returned if no site by itself is refused: then it is the table.
-- Locks: the rows it tries, skipping what another worker holds; then the group's row of metrics or of health.
-- Index: offline_conversion_queue_due_idx.
create or replace function public.end_refused_waiting_jobs(p_provider_key text, p_start uuid, p_most_rows int)
returns table (site_id uuid, row_id uuid, state text, ended text)
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
    -- As many groups as a claim takes.
    c_most_groups  constant int := 1000;
    c_most_refused constant int := 20;
    v_probe_at constant timestamptz := now() + interval '5 minutes' + random() * interval '60 seconds';
    v_now      constant timestamptz := now();
    v_group    record;
    v_rows     uuid[];
    v_refused  uuid[];
    v_states   text[];
    v_state    text;
    v_of_all   text;
begin
    for v_group in
        with recursive ring (site_id) as (
            (select q.site_id
             from public.offline_conversion_queue q
             where q.provider_key = p_provider_key and q.status in ('QUEUED', 'RETRY')
             order by q.site_id
             limit 1)
            union all
            select (select q.site_id
                    from public.offline_conversion_queue q
                    where q.provider_key = p_provider_key and q.status in ('QUEUED', 'RETRY') and q.site_id > r.site_id
                    order by q.site_id
                    limit 1)
            from ring r
            where r.site_id is not null
        )
        select r.site_id,
               h.site_id is not null and h.state <> 'CLOSED' as probing,
               case when h.state is null or h.state = 'CLOSED' then p_most_rows
                    else least(p_most_rows, greatest(h.probe_limit, 1))
               end as share
        from ring r
        left join public.provider_health_state h on h.site_id = r.site_id and h.provider_key = p_provider_key
        where r.site_id is not null
          and (h.state is null
               or h.state = 'CLOSED'
               or (h.state = 'OPEN' and coalesce(h.next_probe_at, '-infinity') <= v_now)
               or (h.state = 'HALF_OPEN' and coalesce(h.probe_lease_until, '-infinity') <= v_now))
        order by r.site_id <= p_start, r.site_id
        limit c_most_groups
    loop
        select array_agg(p.id)
        into v_rows
        from (
            select q.id
            from public.offline_conversion_queue q
            where q.provider_key = p_provider_key
              and q.site_id = v_group.site_id
              and q.status in ('QUEUED', 'RETRY')
              and coalesce(q.next_retry_at, '-infinity') <= v_now
              and not exists (
                  select from public.offline_conversion_set_aside a where a.site_id = q.site_id and a.row_id = q.id)
            order by coalesce(q.next_retry_at, '-infinity'), q.created_at
            limit v_group.share
            for update of q skip locked
        ) p;
        v_of_all := public.try_offline_conversion_claim(v_group.site_id, v_rows);
        continue when v_of_all is null;

        v_refused := '{}';
        v_states := '{}';
        for v_place in 1 .. cardinality(v_rows) loop
            v_state := public.try_offline_conversion_claim(v_group.site_id, v_rows[v_place : v_place]);
            if v_state is not null then
                v_refused := v_refused || v_rows[v_place];
                v_states := v_states || v_state;
                exit when cardinality(v_refused) > c_most_refused;
            end if;
        end loop;

        if cardinality(v_refused) between 1 and c_most_refused
           and not (v_group.probing and cardinality(v_refused) = cardinality(v_rows)) then
            for v_place in 1 .. cardinality(v_refused) loop
                site_id := v_group.site_id;
                row_id := v_refused[v_place];
                state := v_states[v_place];
                ended := public.end_refused_waiting_job(v_group.site_id, p_provider_key, row_id, state);
                return next;
            end loop;
        else
            insert into public.provider_health_state (site_id, provider_key)
            values (v_group.site_id, p_provider_key)
            on conflict (site_id, provider_key) do nothing;

            update public.provider_health_state h
            set state = 'OPEN',
                failure_count = h.failure_count + 1,
                last_failure_at = v_now,
                opened_at = case when h.state = 'CLOSED' then v_now else coalesce(h.opened_at, v_now) end,
                next_probe_at = v_probe_at,
                probe_token = null,
                probe_lease_until = null,
                updated_at = v_now
            where h.site_id = v_group.site_id and h.provider_key = p_provider_key;

            site_id := v_group.site_id;
            row_id := null;
            state := v_of_all;
            ended := 'held';
            return next;
        end if;
    end loop;
end
$$;

-- Ends a waiting row that no worker can be given, by a statement that touches as little as possible. If even that is
-- refused, the row is set aside.
-- Locks: the row, then the group's row of metrics. Index: primary keys.
create or replace function public.end_refused_waiting_job(
    p_site_id uuid, p_provider_key text, p_row_id uuid, p_state text)
returns text
language plpgsql
set search_path = ''
as $$
begin
    update public.offline_conversion_queue q
    set status = 'FAILED',
        last_error = 'The database refused to hand the row to a worker: ' || p_state,
        provider_error_code = 'CLAIM_REFUSED',
        provider_error_category = 'CONFIGURATION',
        updated_at = now()
    where q.site_id = p_site_id and q.id = p_row_id;

    perform public.count_provider_upload(p_site_id, p_provider_key, 1, 0, 1, 0, 0);
    insert into public.provider_upload_attempts
        (batch_id, site_id, provider_key, phase, claimed_count, completed_count, failed_count, retry_count,
         submitted_count, error_code, error_category)
    values
        ('claim', p_site_id, p_provider_key, 'FINISHED', 1, 0, 1, 0, 0, 'CLAIM_REFUSED', 'CONFIGURATION');
    return 'failed';
exception
    when data_exception or integrity_constraint_violation or raise_exception or data_corrupted then
        insert into public.offline_conversion_set_aside (site_id, row_id, provider_key, reason)
        values (p_site_id, p_row_id, p_provider_key, p_state)
        on conflict (site_id, row_id) do update set tried_at = excluded.tried_at;
        return 'set_aside';
end
$$;

-- service_role alone: other roles lose what the database's default privileges give them.
do $$
declare
    v_role     text;
    v_function text;
begin
    for v_role in
        select 'public'
        union all
        select quote_ident(r.rolname) from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
    loop
        foreach v_function in array array[
            'try_offline_conversion_claim(uuid, uuid[])',
            'end_refused_waiting_jobs(text, uuid, int)',
            'end_refused_waiting_job(uuid, text, uuid, text)']
        loop
            execute format('revoke execute on function public.%s from %s', v_function, v_role);
        end loop;
    end loop;
end
$$;

grant execute on function
    public.try_offline_conversion_claim(uuid, uuid[]),
    public.end_refused_waiting_jobs(text, uuid, int),
    public.end_refused_waiting_job(uuid, text, uuid, text)
    to service_role;
