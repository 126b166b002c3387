-- The requests that all workers together may send to a provider's project: a worker takes a part of the minute's at once. Timers and
-- HTTP triggers run in processes of their own, and each would keep the limits for itself.
-- Locks: its own table, which only a script that runs once more finds in use.

-- One line a project and kind of request, changed in place: the minute and the day that it was last asked in, by this server's
-- clock, and what was given out of each. Logged, although it is small talk: a table that a crash empties would forget the day's
-- requests, and one change for many requests costs little.
create table if not exists public.provider_request_limits (
    project      text not null,
    kind         text not null,
    minute       timestamptz not null,
    minute_taken int not null,
    -- The provider's day: Google's begins at midnight in Pacific time.
    day          date not null,
    day_taken    int not null,
    -- What the last caller got.
    granted      int not null,
    primary key (project, kind)
);

-- service_role alone: other roles lose what the database's default privileges give them.
do $$
declare
    v_role text;
begin
    alter table public.provider_request_limits enable row level security;
    drop policy if exists service_role_only on public.provider_request_limits;
    create policy service_role_only on public.provider_request_limits
        for all to service_role using (true) with check (true);
    for v_role in
        select 'public'
        union all
        select quote_ident(r.rolname) from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
    loop
        execute format('revoke all on public.provider_request_limits from %s', v_role);
    end loop;
end
$$;

grant select, insert, update on public.provider_request_limits to service_role;
