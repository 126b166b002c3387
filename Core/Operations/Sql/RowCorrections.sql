-- What the provider was, or is to be, told of a row since it was sent, the oldest first.
-- Locks: none. Index: conversion_corrections_row_idx.
-- $1 row  $2 most lines
select c.corrected_at,
       c.kind,
       c.value_cents,
       c.currency,
       c.status,
       c.updated_at,
       c.next_retry_at,
       c.provider_error_code,
       c.provider_error_category,
       left(c.last_error, 1000)
from conversion_corrections c
where c.row_id = $1
order by c.created_at, c.id
limit $2
