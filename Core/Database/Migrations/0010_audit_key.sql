-- Logical replication carries rows and no sequences: on the database that takes over, the audit's numbers begin at 1 again,
-- and each line would collide with an old one. With its time in front, a line's key is new whatever its number. The journal
-- of the migrations has such numbers as well; `migrate` sets them forward itself.
-- Locks: the audit, while the key is built over what people did.
do $$
begin
    if pg_get_constraintdef((
            select c.oid
            from pg_catalog.pg_constraint c
            where c.conrelid = 'public.operator_audit'::regclass and c.contype = 'p'))
       is distinct from 'PRIMARY KEY (created_at, id)' then
        alter table public.operator_audit
            drop constraint if exists operator_audit_pkey,
            add constraint operator_audit_pkey primary key (created_at, id);
    end if;
end
$$;
