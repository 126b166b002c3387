-- How a site stands by the provider's answer. Locks: its row. Index: the primary key.
-- $1 site_id  $2 provider_key  $3 account_id  $4 time_zone  $5 action_id  $6 action_since  $7 verdict  $8 reason
-- $9 needs a person?  $10 from  $11 to  $12 accepted  $13 counted  $14 pending  $15 missing  $16 actions  $17 batches
update provider_reconciliations r
set reconciled_at = now(),
    fault_code = null,
    fault_message = null,
    account_id = $3,
    time_zone = $4,
    action_id = $5,
    action_since = $6,
    verdict = $7,
    reason = $8,
    needs_person = $9,
    from_day = $10,
    to_day = $11,
    accepted = $12,
    counted = $13,
    pending = $14,
    missing = $15,
    actions = $16::jsonb,
    batches = $17::jsonb
where r.site_id = $1 and r.provider_key = $2
