-- The dashboard's older worker changes the status alone and knows no tokens. Whoever writes, a row that leaves
-- PROCESSING has no claim any more, and one that enters it has an age. The worker's own statements set both themselves,
-- so that these conditions are false for them and the function is never called.
create function public.guard_offline_conversion_claim()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.claim_token := null;
    if new.status <> 'PROCESSING' then
        new.claimed_at := null;
    elsif new.claimed_at is not distinct from old.claimed_at then
        new.claimed_at := now();
    end if;
    return new;
end
$$;

create trigger offline_conversion_queue_claim_entered
    before update on public.offline_conversion_queue
    for each row
    when (old.status <> 'PROCESSING' and new.status = 'PROCESSING'
          and (new.claim_token is null or new.claim_token is not distinct from old.claim_token))
    execute function public.guard_offline_conversion_claim();

create trigger offline_conversion_queue_claim_left
    before update on public.offline_conversion_queue
    for each row
    when (old.status = 'PROCESSING' and new.status <> 'PROCESSING'
          and (new.claim_token is not null or new.claimed_at is not null))
    execute function public.guard_offline_conversion_claim();
