-- What keeps a site moving when things go wrong beside it.

-- The claim's own probe leases, to give back those that it has no row for.
-- Locks: the whole table against writes, for a moment; it has one row a site.
create index if not exists provider_health_state_probe_idx
    on public.provider_health_state (probe_token)
    where probe_token is not null;

-- One call per uploaded batch. Success closes from any state but that of an isolated group: what was in flight when the
-- operator isolated it must not close what a person opened. Five transient failures in a row open; one of a probe opens
-- again, and opened_at stays, so that an outage of a day looks like one, not like many of five minutes. Permanent failures
-- say nothing about the provider's health.
-- While a probe lives, a failure of another batch counts and opens nothing: it would free the probe's lease, and beside
-- the first probe a second would be granted. settle_provider_circuit() ends the batch's own lease before it calls this.
-- Locks: the group's row, until the write-back commits.
-- A distributed PostgreSQL (Citus) takes these statements as well: there an upsert or a case may not call now(), an update
-- may not call random(), and only PL/pgSQL runs beside its site's rows.
create or replace function public.record_provider_outcome(
    p_site_id uuid, p_provider_key text, p_is_success boolean, p_is_transient boolean)
returns void
language plpgsql
set search_path = ''
as $$
declare
    c_threshold constant int := 5;
    -- The random minute keeps a thousand sites from probing a provider that just came back in the same second.
    v_now constant timestamptz := now();
    v_probe_at constant timestamptz := v_now + interval '5 minutes' + random() * interval '60 seconds';
begin
    if p_is_success then
        insert into public.provider_health_state as h (site_id, provider_key)
        values (p_site_id, p_provider_key)
        on conflict (site_id, provider_key) do update
        set state = 'CLOSED',
            failure_count = 0,
            opened_at = null,
            next_probe_at = null,
            probe_token = null,
            probe_lease_until = null,
            updated_at = excluded.updated_at
        where (h.state <> 'CLOSED' or h.failure_count <> 0)
          and not (h.state = 'OPEN' and h.next_probe_at is not distinct from 'infinity');
    elsif p_is_transient then
        insert into public.provider_health_state (site_id, provider_key)
        values (p_site_id, p_provider_key)
        on conflict (site_id, provider_key) do nothing;

        update public.provider_health_state h
        set failure_count = h.failure_count + 1, last_failure_at = v_now, updated_at = v_now
        where h.site_id = p_site_id and h.provider_key = p_provider_key;

        update public.provider_health_state h
        set state = 'OPEN',
            opened_at = case when h.state = 'HALF_OPEN' then coalesce(h.opened_at, v_now) else v_now end,
            next_probe_at = v_probe_at,
            probe_token = null,
            probe_lease_until = null
        where h.site_id = p_site_id
          and h.provider_key = p_provider_key
          and (h.state = 'HALF_OPEN' and coalesce(h.probe_lease_until, '-infinity') <= v_now
               or h.state = 'CLOSED' and h.failure_count >= c_threshold);
    end if;
end
$$;

-- What a write-back says of its batch: that the batch's probe, if it was one, is over, and the outcome. In this order, so
-- that the probe's own failure opens.
-- Locks: the group's row.
create or replace function public.settle_provider_circuit(
    p_site_id uuid, p_provider_key text, p_claim_token uuid, p_is_success boolean, p_is_transient boolean)
returns void
language plpgsql
set search_path = ''
as $$
begin
    update public.provider_health_state h
    set probe_token = null, probe_lease_until = null, updated_at = now()
    where h.site_id = p_site_id and h.provider_key = p_provider_key and h.probe_token = p_claim_token;

    perform public.record_provider_outcome(p_site_id, p_provider_key, p_is_success, p_is_transient);
end
$$;

-- Rows of a worker that died go back to the queue; the attempt they may have made is not counted, and what Google may
-- have got is sent again under the same identity. So do claims of a time that has not come: the database's clock was ahead
-- when they were made, and they would not be old enough for as long as it was ahead. An hour is more than servers of which
-- one takes over from another differ by.
-- Locks: the stuck rows. A row that a live worker is writing at this moment is locked by it, and skipped.
-- Index: offline_conversion_queue_processing_idx, from both ends.
create or replace function public.recover_stuck_offline_conversion_jobs(p_min_age_minutes int default 15)
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
          and (coalesce(q.claimed_at, q.updated_at) < now() - make_interval(mins => p_min_age_minutes)
               or coalesce(q.claimed_at, q.updated_at) > now() + interval '1 hour')
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
