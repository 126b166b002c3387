drop function if exists public.increment_provider_upload_metrics(uuid, text, bigint, bigint, bigint, bigint);
drop function if exists public.recover_stuck_offline_conversion_jobs(int);

create function public.increment_provider_upload_metrics(
    p_site_id uuid,
    p_provider_key text,
    p_attempts_delta bigint,
    p_completed_delta bigint,
    p_failed_delta bigint,
    p_retry_delta bigint)
returns void
language sql
set search_path = ''
as $$
    insert into public.provider_upload_metrics as m
        (site_id, provider_key, attempts_total, completed_total, failed_total, retry_total)
    values
        (p_site_id, p_provider_key, greatest(p_attempts_delta, 0), greatest(p_completed_delta, 0),
         greatest(p_failed_delta, 0), greatest(p_retry_delta, 0))
    on conflict (site_id, provider_key) do update
    set attempts_total  = m.attempts_total + excluded.attempts_total,
        completed_total = m.completed_total + excluded.completed_total,
        failed_total    = m.failed_total + excluded.failed_total,
        retry_total     = m.retry_total + excluded.retry_total,
        updated_at      = now();
$$;

-- Rows of a worker that died go back to the queue; the attempt they may have made is not counted, and what Google may
-- have got is sent again under the same identity. A row that a live worker is writing at this moment is locked: skipped.
create function public.recover_stuck_offline_conversion_jobs(p_min_age_minutes int default 15)
returns int
language plpgsql
set search_path = ''
as $$
declare
    v_count int;
begin
    if p_min_age_minutes is null or p_min_age_minutes < 1 then
        raise exception 'p_min_age_minutes must be at least 1';
    end if;

    with stuck as (
        select q.id
        from public.offline_conversion_queue q
        where q.status = 'PROCESSING'
          and coalesce(q.claimed_at, q.updated_at) < now() - make_interval(mins => p_min_age_minutes)
        for update skip locked
    )
    update public.offline_conversion_queue q
    set status = 'QUEUED', claim_token = null, claimed_at = null, updated_at = now()
    from stuck s
    where q.id = s.id;

    get diagnostics v_count = row_count;
    return v_count;
end
$$;
