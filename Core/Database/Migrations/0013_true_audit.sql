-- The audit says by itself who wrote a line, when and from where; the ledger refuses changes by itself too.
-- Locks: the ledger against other schema changes and writers, then the audit; who waits for the first waits for the second too
-- (0005_ledger.sql). No row of either is read.

-- The right to insert alone keeps service_role from changing the ledger; this keeps every other role from it, whatever it was
-- granted. The owner trims: it may, and whoever is a member of it.
create or replace function public.refuse_ledger_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if not pg_has_role(current_user, (select c.relowner from pg_catalog.pg_class c where c.oid = tg_relid), 'USAGE') then
        raise exception '% is append-only', tg_table_name
            using errcode = 'insufficient_privilege', hint = 'Only its owner may remove old lines.';
    end if;
    return null;
end
$$;

-- PostgreSQL 13 has no "create or replace trigger".
do $$
begin
    if not exists (
        select
        from pg_catalog.pg_trigger t
        where t.tgrelid = 'public.provider_upload_attempts'::regclass and t.tgname = 'provider_upload_attempts_append_only'
    ) then
        create trigger provider_upload_attempts_append_only
            before update or delete or truncate on public.provider_upload_attempts
            for each statement execute function public.refuse_ledger_change();
    end if;
end
$$;

set local lock_timeout = '25ms';

-- Null in the lines of before. actor stays what the operator calls themselves.
alter table public.operator_audit
    -- The login: also of a function that runs with its owner's rights, and after "set role".
    add column if not exists login          text,
    -- The other end of the connection: a pooler's own address behind one; null on a Unix socket.
    add column if not exists client_address inet;

-- Whatever the caller gives for them. A subscriber of logical replication keeps what the publisher stamped: its triggers are off.
create or replace function public.stamp_operator_audit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.created_at := clock_timestamp();
    new.login := session_user;
    new.client_address := inet_client_addr();
    return new;
end
$$;

do $$
begin
    if not exists (
        select
        from pg_catalog.pg_trigger t
        where t.tgrelid = 'public.operator_audit'::regclass and t.tgname = 'operator_audit_stamp'
    ) then
        create trigger operator_audit_stamp
            before insert on public.operator_audit
            for each row execute function public.stamp_operator_audit();
    end if;
end
$$;

-- Triggers ask for no right when they fire. `migrate` sets all other rights by itself (Sql/Rights.sql).
revoke execute on function public.refuse_ledger_change(), public.stamp_operator_audit() from public;
