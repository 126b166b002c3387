-- The provider gave no answer. An older one stays, with its time; a lasting refusal replaces it, because from then on nobody
-- knows. Locks: the site's row. Index: the primary key.
-- $1 site_id  $2 provider_key  $3 code  $4 message  $5 reason  $6 does it last?
update provider_reconciliations r
set fault_code = $3,
    fault_message = left($4, 1000),
    verdict = case when $6 or r.reconciled_at is null then 'NOT_COMPARABLE' else r.verdict end,
    reason = case when $6 or r.reconciled_at is null then $5 else r.reason end,
    needs_person = r.needs_person and not $6
where r.site_id = $1 and r.provider_key = $2
