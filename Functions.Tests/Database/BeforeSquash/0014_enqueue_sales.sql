-- Sales from a file, for an operator: what the dashboard would have queued and did not. The worker's role may not write to
-- the application's tables; these two functions are its only way, and the second cannot leave its line in the audit out.

-- How each sale of the file stands; looks only. A sale is the same one by its site and external_ref.
-- NEW, UNQUEUED (confirmed, but with no row in the queue) and THERE (it has a row) can be enqueued or left;
-- UNKNOWN_SITE, DRAFT, CANCELED and DIFFERS (same reference, another sale) cannot.
create function public.judge_sales(p_sales jsonb)
returns table (line int, verdict text, sale_id uuid, status text)
language sql
stable
security definer
set search_path = ''
as $$
    select w.line,
           case
               when s.id is null then 'UNKNOWN_SITE'
               when o.id is null then 'NEW'
               when (o.occurred_at, o.amount_cents, o.currency) is distinct from (w.occurred_at, w.amount_cents, w.currency)
                    or w.click_id <> all (array_remove(array[q.gclid, q.gbraid, q.wbraid], null)) and q.id is not null
                   then 'DIFFERS'
               when q.id is not null then 'THERE'
               when o.status = 'CONFIRMED' then 'UNQUEUED'
               else o.status
           end,
           o.id,
           coalesce(q.status, o.status)
    from jsonb_to_recordset(p_sales) as w (
        line int, site_id uuid, external_ref text, click_id text, occurred_at timestamptz, amount_cents bigint, currency text)
    left join public.sites s on s.id = w.site_id
    left join public.sales o on o.site_id = w.site_id and o.external_ref = w.external_ref
    left join public.offline_conversion_queue q on q.sale_id = o.id
    order by w.line
$$;

-- All or nothing; returns how many rows are in the queue by it. What is there stays as it is.
-- Locks: two of these take turns, so that one does not stumble over the other's sales.
create function public.enqueue_sales(p_sales jsonb, p_actor text)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_queued bigint;
begin
    perform pg_advisory_xact_lock(hashtext('opsmantik enqueue_sales'));
    if exists (
        select from public.judge_sales(p_sales) j where j.verdict not in ('NEW', 'UNQUEUED', 'THERE')
    ) then
        raise exception 'sales or sites changed meanwhile, nothing was written: run it again';
    end if;

    with wanted as materialized (
        select j.verdict,
               coalesce(j.sale_id, gen_random_uuid()) as sale_id,
               gen_random_uuid() as conversation_id,
               w.*
        from public.judge_sales(p_sales) j
        join jsonb_to_recordset(p_sales) as w (
            line int, site_id uuid, external_ref text, click_kind text, click_id text, occurred_at timestamptz,
            amount_cents bigint, currency text) on w.line = j.line
        where j.verdict in ('NEW', 'UNQUEUED')
    ),
    talked as (
        insert into public.conversations (id, site_id, status, primary_source)
        select w.conversation_id, w.site_id, 'WON', jsonb_build_object(w.click_kind, w.click_id)
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
            (site_id, sale_id, provider_key, gclid, gbraid, wbraid, conversion_time, value_cents, currency)
        select w.site_id, w.sale_id, 'google_ads',
               case when w.click_kind = 'gclid' then w.click_id end,
               case when w.click_kind = 'gbraid' then w.click_id end,
               case when w.click_kind = 'wbraid' then w.click_id end,
               w.occurred_at, w.amount_cents, w.currency
        from wanted w
        returning site_id
    ),
    audited as (
        insert into public.operator_audit (actor, action, site_id, provider_key, row_count)
        select p_actor, 'enqueue', q.site_id, 'google_ads', count(*)
        from queued q
        group by q.site_id
    )
    select count(*) into v_queued from queued;
    return v_queued;
end
$$;

do $$
declare
    v_function text;
    v_role     text;
begin
    foreach v_function in array array['judge_sales(jsonb)', 'enqueue_sales(jsonb, text)']
    loop
        for v_role in
            select 'public'
            union all
            select quote_ident(r.rolname) from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
        loop
            execute format('revoke execute on function public.%s from %s', v_function, v_role);
        end loop;
        execute format('grant execute on function public.%s to service_role', v_function);
    end loop;
end
$$;
