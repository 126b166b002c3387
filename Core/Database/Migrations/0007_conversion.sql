-- What the worker needs to send what was sold: hashed identifiers, and a second of its own for each sale of a click.
-- Locks: the whole table, for a moment; columns without a default rewrite no rows.
alter table public.offline_conversion_queue
    -- Written by newer dashboards: {"hashed_email": …, "hashed_phone_number": …}, or an array of {"type", "value"}.
    add column if not exists user_identifiers      jsonb,
    -- Seconds by which the conversion's time is sent later than it was, 1 to 60: Google counts one conversion per action,
    -- click and second. Null: as it was.
    add column if not exists conversion_time_shift smallint;

-- All or nothing; returns how many rows it added to the queue. Sales that are queued already stay as they are.
-- Locks: an advisory one until the end of the transaction, so that two of these take turns over the same sales.
create or replace function public.enqueue_sales(p_sales jsonb, p_actor text)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_queued  bigint;
    v_refused bigint;
begin
    perform pg_advisory_xact_lock(hashtext('opsmantik enqueue_sales'));
    with judged as materialized (
        select j.line, j.verdict, j.sale_id
        from public.judge_sales(p_sales) j
    ),
    refused as (
        select count(*) as sales from judged j where j.verdict not in ('NEW', 'UNQUEUED', 'THERE')
    ),
    wanted as materialized (
        select j.verdict,
               coalesce(j.sale_id, gen_random_uuid()) as sale_id,
               gen_random_uuid() as conversation_id,
               w.*
        from judged j
        join jsonb_to_recordset(p_sales) as w (
            line int, site_id uuid, external_ref text, click_kind text, click_id text, occurred_at timestamptz,
            amount_cents bigint, currency text, user_identifiers jsonb, payload jsonb) on w.line = j.line
        where j.verdict in ('NEW', 'UNQUEUED')
    ),
    talked as (
        insert into public.conversations (id, site_id, status, primary_source)
        select w.conversation_id, w.site_id, 'WON',
               case when w.click_kind is not null then jsonb_build_object(w.click_kind, w.click_id) end
        from wanted w
        where w.verdict = 'NEW'
    ),
    sold as (
        insert into public.sales
            (id, site_id, conversation_id, occurred_at, amount_cents, currency, status, external_ref)
        select w.sale_id, w.site_id, w.conversation_id, w.occurred_at, w.amount_cents, w.currency, 'CONFIRMED',
               w.external_ref
        from wanted w
        where w.verdict = 'NEW'
    ),
    queued as (
        insert into public.offline_conversion_queue
            (site_id, sale_id, provider_key, gclid, gbraid, wbraid, conversion_time, value_cents, currency,
             user_identifiers, payload)
        select w.site_id, w.sale_id, 'google_ads',
               case when w.click_kind = 'gclid' then w.click_id end,
               case when w.click_kind = 'gbraid' then w.click_id end,
               case when w.click_kind = 'wbraid' then w.click_id end,
               w.occurred_at, w.amount_cents, w.currency, w.user_identifiers, coalesce(w.payload, '{}')
        from wanted w
        returning site_id
    ),
    audited as (
        insert into public.operator_audit (actor, action, site_id, provider_key, row_count)
        select p_actor, 'enqueue', q.site_id, 'google_ads', count(*)
        from queued q
        group by q.site_id
    )
    select (select count(*) from queued), r.sales into v_queued, v_refused from refused r;
    if v_refused > 0 then
        raise exception 'sales or sites changed meanwhile, nothing was written: run it again';
    end if;
    return v_queued;
end
$$;

-- service_role alone: other roles lose what the database's default privileges give them.
do $$
declare
    v_role text;
begin
    for v_role in
        select 'public'
        union all
        select quote_ident(r.rolname) from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
    loop
        execute format('revoke execute on function public.enqueue_sales(jsonb, text) from %s', v_role);
    end loop;
end
$$;

grant execute on function public.enqueue_sales(jsonb, text) to service_role;
