-- Rows of an isolated site used to wait until infinity, and only closing its circuit by hand brought them back. They are
-- due now: while the circuit is open, the next claim holds them again, an hour at a time.
update public.offline_conversion_queue q
set next_retry_at = null, last_error = null, updated_at = now()
where q.status in ('QUEUED', 'RETRY') and q.next_retry_at = 'infinity' and q.last_error = 'CIRCUIT_OPEN';

-- As 0009 has it, and a row that the dashboard's older worker takes counts as claimed: it may be sent, and Google's "order
-- id already in use" may then mean that worker.
create or replace function public.guard_offline_conversion_claim()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.claim_token := null;
    if new.status <> 'PROCESSING' then
        new.claimed_at := null;
    else
        new.claim_count := least(old.claim_count, 2147483646) + 1;
        if new.claimed_at is not distinct from old.claimed_at then
            new.claimed_at := now();
        end if;
    end if;
    return new;
end
$$;
