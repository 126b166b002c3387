-- What the worker needs and the older shape lacks. Adding a column with a constant default rewrites nothing.
alter table public.offline_conversion_queue
    add column if not exists provider_key            text not null default 'google_ads',
    add column if not exists payload                 jsonb not null default '{}',
    add column if not exists action_key              text,
    add column if not exists claimed_at              timestamptz,
    add column if not exists provider_ref            text,
    add column if not exists provider_request_id     text,
    add column if not exists provider_error_code     text,
    add column if not exists provider_error_category text,
    add column if not exists uploaded_at             timestamptz,
    -- The fence: stamped by every claim, named by every later write.
    add column if not exists claim_token             uuid,
    -- How often the row was claimed and perhaps sent. Above one, Google's "order id already in use" may mean us.
    add column if not exists claim_count             int not null default 0;

-- Null means eligible now; the older shape forbade it. Its default stays for the application's inserts.
alter table public.offline_conversion_queue alter column next_retry_at drop not null;

-- The older shape may limit the categories to four; CONFIGURATION is the fifth.
do $$
declare
    v_name name;
begin
    for v_name in
        select c.conname
        from pg_catalog.pg_constraint c
        join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
        where c.conrelid = 'public.offline_conversion_queue'::regclass
          and c.contype = 'c'
          and a.attname = 'provider_error_category'
    loop
        execute format('alter table public.offline_conversion_queue drop constraint %I', v_name);
    end loop;
end
$$;

alter table public.provider_health_state
    -- The claim that holds the one live probe, until when, and the run that may not claim the group again.
    add column if not exists probe_token       uuid,
    add column if not exists probe_lease_until timestamptz,
    add column if not exists probe_run_id      uuid;
