-- The bare limit: the worker's own statements, word for word, with the same batch sizes and the same transactions, driven
-- by the server itself. Rows never leave it; nothing is opened, sent or decided.
create procedure bench_bare_drain(p_defer text, p_claim text, p_write text, p_limit int, p_group_limit int)
language plpgsql
as $$
declare
    v_start uuid := gen_random_uuid();
    v_due   timestamptz := '-infinity';
    v_since timestamptz := '-infinity';
    v_run   uuid := gen_random_uuid();
    v_token uuid;
    v_last  uuid;
    v_row   record;
    v_done  record;
    v_ids   uuid[];
    v_refs  text[];
    v_sites uuid[];
    v_ends  int[];
    v_from  int;
    v_n     int;
begin
    loop
        v_token := gen_random_uuid();
        v_ids := '{}';
        v_refs := '{}';
        v_sites := '{}';
        v_ends := '{}';
        v_last := null;
        execute p_defer using 'google_ads', 10000;
        for v_row in execute p_claim using 'google_ads', p_limit, p_group_limit, least(1000, p_limit), v_start, v_token,
                                           v_run, interval '10 minutes', v_due, v_since
        loop
            v_ids := v_ids || v_row.id;
            v_refs := v_refs || v_row.sale_id::text;
            if v_sites[cardinality(v_sites)] is distinct from v_row.site_id then
                v_sites := v_sites || v_row.site_id;
                v_ends := v_ends || cardinality(v_ids);
                if v_row.site_id <= v_start then
                    v_last := v_row.site_id;
                end if;
            else
                v_ends[cardinality(v_ends)] := cardinality(v_ids);
            end if;
        end loop;
        commit;
        exit when cardinality(v_ids) = 0;

        v_due := coalesce(v_row.oldest_due_at, v_due);
        v_since := coalesce(v_row.oldest_created_at, v_since);
        v_start := coalesce(v_last, v_sites[cardinality(v_sites)]);
        v_from := 1;
        for i in 1 .. cardinality(v_sites) loop
            v_n := v_ends[i] - v_from + 1;
            execute p_write into v_done
                using v_token, v_sites[i], 'google_ads', 1, true, false,
                      v_ids[v_from : v_ends[i]], array_fill('COMPLETED'::text, array[v_n]),
                      array_fill(null::float8, array[v_n]), array_fill(false, array[v_n]),
                      array_fill(null::text, array[v_n]), array_fill(null::text, array[v_n]),
                      array_fill(null::text, array[v_n]), array_fill(null::text, array[v_n]),
                      v_refs[v_from : v_ends[i]], array_fill(true, array[v_n]), array_fill(null::int, array[v_n]),
                      interval '5 minutes';
            commit;
            v_from := v_ends[i] + 1;
        end loop;
    end loop;
end
$$
