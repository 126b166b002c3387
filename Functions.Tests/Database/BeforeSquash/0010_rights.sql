-- service_role alone executes and sees the worker's things. Its rights pass to members by inheritance; row security is
-- on with a policy for it and for nobody else.
grant usage on schema public to service_role;
grant select on public.sites to service_role;
grant select, insert, update on
    public.offline_conversion_queue,
    public.provider_credentials,
    public.provider_health_state,
    public.provider_upload_metrics
    to service_role;
grant select, insert on public.provider_upload_attempts to service_role;

-- Where the application guards its sites by row security, the worker may still see whether one exists.
drop policy if exists service_role_reads_sites on public.sites;
create policy service_role_reads_sites on public.sites for select to service_role using (true);

do $$
declare
    v_table    text;
    v_function text;
    v_role     text;
    v_roles    text := 'public';
begin
    for v_role in
        select quote_ident(r.rolname) from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
    loop
        v_roles := v_roles || ', ' || v_role;
    end loop;

    foreach v_table in array array[
        'offline_conversion_queue', 'provider_credentials', 'provider_health_state', 'provider_upload_metrics',
        'provider_upload_attempts']
    loop
        execute format('revoke all on public.%I from %s', v_table, v_roles);
        execute format('alter table public.%I enable row level security', v_table);
        execute format('drop policy if exists service_role_only on public.%I', v_table);
        execute format(
            'create policy service_role_only on public.%I for all to service_role using (true) with check (true)',
            v_table);
    end loop;

    foreach v_function in array array[
        'record_provider_outcome(uuid, text, boolean, boolean)',
        'settle_provider_circuit(uuid, text, uuid, boolean, boolean)',
        'take_provider_probe(uuid, text, uuid, uuid, interval)',
        'get_provider_health_state(uuid, text)',
        'set_provider_state_half_open(uuid, text)',
        'increment_provider_upload_metrics(uuid, text, bigint, bigint, bigint, bigint)',
        'recover_stuck_offline_conversion_jobs(int)',
        'guard_offline_conversion_claim()']
    loop
        execute format('revoke execute on function public.%s from %s', v_function, v_roles);
        execute format('grant execute on function public.%s to service_role', v_function);
    end loop;
end
$$;
