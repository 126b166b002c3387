-- What the picture after each run needs. The ledger is only appended to: the index finds a site's last batch at once.
create index if not exists provider_upload_attempts_finished_idx
    on public.provider_upload_attempts (site_id, provider_key, created_at desc)
    where phase = 'FINISHED';

-- A probe that fails opens the circuit again, but it has been open all along: opened_at stays, so that an outage of a day
-- looks like one, not like many of five minutes. Apart from that the function is that of 0012.
create or replace function public.record_provider_outcome(
    p_site_id uuid, p_provider_key text, p_is_success boolean, p_is_transient boolean)
returns void
language plpgsql
set search_path = ''
as $$
declare
    c_threshold constant int := 5;
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
            updated_at = now()
        where (h.state <> 'CLOSED' or h.failure_count <> 0)
          and not (h.state = 'OPEN' and h.next_probe_at is not distinct from 'infinity');
    elsif p_is_transient then
        insert into public.provider_health_state (site_id, provider_key)
        values (p_site_id, p_provider_key)
        on conflict (site_id, provider_key) do nothing;

        update public.provider_health_state h
        set failure_count = h.failure_count + 1, last_failure_at = now(), updated_at = now()
        where h.site_id = p_site_id and h.provider_key = p_provider_key;

        -- The random minute keeps a thousand sites from probing a provider that just came back in the same second.
        update public.provider_health_state h
        set state = 'OPEN',
            opened_at = case when h.state = 'HALF_OPEN' then coalesce(h.opened_at, now()) else now() end,
            next_probe_at = now() + interval '5 minutes' + random() * interval '60 seconds',
            probe_token = null,
            probe_lease_until = null
        where h.site_id = p_site_id
          and h.provider_key = p_provider_key
          and (h.state = 'HALF_OPEN' or (h.state = 'CLOSED' and h.failure_count >= c_threshold));
    end if;
end
$$;
