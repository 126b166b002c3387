-- The application's own function; made only where it is missing.
do $do$
begin
    if to_regprocedure('public.confirm_sale_and_enqueue(uuid)') is not null then
        return;
    end if;

    execute $sql$
        create function public.confirm_sale_and_enqueue(p_sale_id uuid)
        returns table (sale_id uuid, new_status text, enqueued boolean)
        language plpgsql
        security definer
        set search_path = ''
        as $body$
        #variable_conflict use_column
        declare
            v_sale   public.sales;
            v_source jsonb;
            v_queued uuid;
        begin
            select s.* into v_sale from public.sales s where s.id = p_sale_id for update;
            if not found then
                raise exception 'sale_not_found';
            end if;
            if v_sale.status <> 'DRAFT' then
                raise exception 'sale_already_confirmed_or_canceled';
            end if;

            update public.sales s set status = 'CONFIRMED', updated_at = now() where s.id = p_sale_id;
            select c.primary_source into v_source
            from public.conversations c
            where c.id = v_sale.conversation_id;

            insert into public.offline_conversion_queue
                (site_id, sale_id, provider_key, gclid, wbraid, gbraid, conversion_time, value_cents, currency)
            values
                (v_sale.site_id, v_sale.id, 'google_ads', v_source ->> 'gclid', v_source ->> 'wbraid',
                 v_source ->> 'gbraid', v_sale.occurred_at, v_sale.amount_cents, v_sale.currency)
            on conflict (sale_id) do nothing
            returning id into v_queued;

            return query select v_sale.id, 'CONFIRMED'::text, v_queued is not null;
        end
        $body$
    $sql$;

    revoke execute on function public.confirm_sale_and_enqueue(uuid) from public;
    grant execute on function public.confirm_sale_and_enqueue(uuid) to service_role;
end
$do$;
