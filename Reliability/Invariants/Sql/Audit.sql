-- Every change of a row's status, claim or attempts, and of a circuit, with who made it: a testbed's own memory, which
-- the worker cannot see or change. A worker names itself by its connection's application_name; nobody is the testbed.
create table audit_rows (
    id             bigint generated always as identity primary key,
    at             timestamptz not null default clock_timestamp(),
    who            text not null default current_setting('application_name'),
    row_id         uuid not null,
    site_id        uuid not null,
    provider_key   text not null,
    old_status     text,
    new_status     text not null,
    old_token      uuid,
    new_token      uuid,
    old_claimed_at timestamptz,
    spent          int not null,
    code           text,
    -- Of the row's group, at the moment of the change.
    circuit        text,
    opened_at      timestamptz,
    probe_limit    int
);
create index on audit_rows (row_id, id);

create function audit_row() returns trigger language plpgsql security definer set search_path = public as $$
begin
    insert into audit_rows
        (row_id, site_id, provider_key, old_status, new_status, old_token, new_token, old_claimed_at, spent, circuit,
         opened_at, probe_limit, code)
    select new.id, new.site_id, new.provider_key, old.status, new.status, old.claim_token, new.claim_token,
           old.claimed_at, new.retry_count - coalesce(old.retry_count, 0), h.state, h.opened_at, h.probe_limit,
           new.provider_error_code
    from (values (1)) one
    left join provider_health_state h on h.site_id = new.site_id and h.provider_key = new.provider_key;
    return null;
end
$$;
create trigger audit_added after insert on offline_conversion_queue for each row execute function audit_row();
create trigger audit_changed after update on offline_conversion_queue for each row
    when (old.status is distinct from new.status or old.claim_token is distinct from new.claim_token
          or old.retry_count is distinct from new.retry_count)
    execute function audit_row();

-- Rows that went with their sale or site, as the dashboard deletes them. A worker deletes none: who is not empty then.
create table audit_deleted (
    at              timestamptz not null default clock_timestamp(),
    who             text not null default current_setting('application_name'),
    row_id          uuid not null,
    site_id         uuid not null,
    sale_id         uuid not null,
    gclid           text,
    conversion_time timestamptz not null
);

create function audit_deleted() returns trigger language plpgsql security definer set search_path = public as $$
begin
    insert into audit_deleted (row_id, site_id, sale_id, gclid, conversion_time)
    values (old.id, old.site_id, old.sale_id, old.gclid, old.conversion_time + make_interval(secs => coalesce(old.conversion_time_shift, 0)));
    return null;
end
$$;
create trigger audit_deleted after delete on offline_conversion_queue for each row execute function audit_deleted();

-- Claims whose commit a failover lost: made on the server that is gone, and unknown to the one that took over.
create table audit_lost_claims (
    row_id uuid not null,
    token  uuid not null
);

-- By how much the database's clock was set wrong while a scenario ran.
create table audit_clock_jumps (
    shift interval not null
);

create table audit_circuits (
    id              bigint generated always as identity primary key,
    at              timestamptz not null default clock_timestamp(),
    who             text not null default current_setting('application_name'),
    site_id         uuid not null,
    provider_key    text not null,
    old_state       text,
    new_state       text not null,
    failure_count   int not null,
    old_token       uuid,
    new_token       uuid,
    old_lease_until timestamptz
);

create function audit_circuit() returns trigger language plpgsql security definer set search_path = public as $$
begin
    insert into audit_circuits
        (site_id, provider_key, old_state, new_state, failure_count, old_token, new_token, old_lease_until)
    values
        (new.site_id, new.provider_key, old.state, new.state, new.failure_count, old.probe_token, new.probe_token,
         old.probe_lease_until);
    return null;
end
$$;
create trigger audit_circuit after insert or update on provider_health_state
    for each row execute function audit_circuit();

-- Every change of a correction's status, claim or moment, with the state of its row at that moment.
create table audit_corrections (
    id            bigint generated always as identity primary key,
    who           text not null default current_setting('application_name'),
    correction_id uuid not null,
    row_id        uuid not null,
    old_status    text,
    new_status    text not null,
    old_moment    timestamptz,
    new_moment    timestamptz not null,
    same_state    boolean not null,
    row_status    text,
    row_code      text,
    others        bigint not null
);
create index on audit_corrections (correction_id, id);

create function audit_correction() returns trigger language plpgsql security definer set search_path = public as $$
begin
    insert into audit_corrections
        (correction_id, row_id, old_status, new_status, old_moment, new_moment, same_state, row_status, row_code, others)
    select new.id, new.row_id, old.status, new.status, old.corrected_at, new.corrected_at,
           (old.kind, old.value_cents, old.currency) is not distinct from (new.kind, new.value_cents, new.currency),
           q.status, q.provider_error_code,
           (select count(*)
            from conversion_corrections c
            where c.row_id = new.row_id and c.id <> new.id and c.status in ('PROCESSING', 'SUBMITTED'))
    from (values (1)) one
    left join offline_conversion_queue q on q.id = new.row_id;
    return null;
end
$$;
create trigger audit_correction_changed after insert or update on conversion_corrections
    for each row execute function audit_correction();
