-- A line of the audit by itself.
-- Locks: none.
-- $1 actor  $2 action  $3 provider_key or null  $4 rows
insert into operator_audit (actor, action, provider_key, row_count)
values ($1, $2, $3, $4)
