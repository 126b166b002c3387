-- Citus's two functions as far as a single PostgreSQL can keep their rules: what a distributed table may not have is
-- refused as Citus refuses it. What they were told is remembered.
create table distributed_tables (name regclass primary key, distributed_by name not null);

create table distributed_functions (name regprocedure primary key, distributed_by text not null);

create function create_distributed_table(p_table regclass, p_column text, colocate_with text default null)
returns void
language plpgsql
as $$
declare
    v_key name;
begin
    select i.indexrelid::regclass
    into v_key
    from pg_index i
    where i.indrelid = p_table
      and i.indisunique
      and not exists (
          select from pg_attribute a
          where a.attrelid = p_table and a.attname = p_column and a.attnum = any (i.indkey));
    if found then
        raise exception '% is unique without %', v_key, p_column;
    end if;

    select c.conname
    into v_key
    from pg_constraint c
    where c.conrelid = p_table
      and c.contype = 'f'
      and not exists (
          select
          from pg_attribute a
          join distributed_tables d on d.name = c.confrelid
          join pg_attribute r on r.attrelid = c.confrelid and r.attname = d.distributed_by
          join unnest(c.conkey, c.confkey) as k (here, there) on k.here = a.attnum and k.there = r.attnum
          where a.attrelid = p_table and a.attname = p_column);
    if found then
        raise exception '% refers to another node', v_key;
    end if;
    if colocate_with is null and exists (select from distributed_tables) then
        raise exception '% is not beside the others', p_table;
    end if;
    insert into distributed_tables values (p_table, p_column);
end
$$;

create function create_distributed_function(p_function regprocedure, p_argument text default null, colocate_with text default null)
returns void
language plpgsql
as $$
begin
    -- Without an argument it is put on every node, and calls of it stay where they are.
    if p_argument is null then
        return;
    end if;
    if not exists (
        select from pg_proc p where p.oid = p_function and p.proargnames[1] = p_argument) then
        raise exception '% has no first argument %', p_function, p_argument;
    end if;
    insert into distributed_functions values (p_function, p_argument);
end
$$;
