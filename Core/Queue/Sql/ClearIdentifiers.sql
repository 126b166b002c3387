-- Hashed identifiers are a person's data: once the sale is counted, and old enough, they go. Each chunk is committed.
-- Cleared is what ConversionReader reads identifiers from: their column, and the payload's members of those names. The words of
-- the pattern are those of the index, or it would not be used.
-- A row with a correction that is not over keeps its own: Data Manager is told the whole event again.
-- Locks: the chunk's rows, skipping those that others hold.
-- Index: offline_conversion_queue_identifiers_idx, in which a cleared row is not; with nothing to do, its first page is read.
-- $1 age  $2 most rows
with old as materialized (
    select q.id
    from offline_conversion_queue q
    where q.status = 'COMPLETED'
      and (q.user_identifiers is not null
           or q.payload @? 'strict $.keyvalue().key ? (@ like_regex "^(user_identifiers|_*(hashed|sha_*256)_*(email(_*address)?|phone(_*number)?)_*)$" flag "i")')
      and coalesce(q.uploaded_at, q.updated_at) < now() - $1::interval
      and not exists (
          select
          from conversion_corrections c
          where c.row_id = q.id and c.status in ('QUEUED', 'RETRY', 'PROCESSING', 'SUBMITTED'))
    order by coalesce(q.uploaded_at, q.updated_at)
    limit $2
    for update of q skip locked
)
update offline_conversion_queue q
set user_identifiers = null,
    payload = case
        when jsonb_typeof(q.payload) = 'object' then (
            select coalesce(jsonb_object_agg(e.key, e.value), '{}')
            from jsonb_each(q.payload) e
            where e.key !~* '^(user_identifiers|_*(hashed|sha_*256)_*(email(_*address)?|phone(_*number)?)_*)$')
        else q.payload
    end
-- An array, not a join: whatever the planner expects of the limit, it looks the rows up by their keys.
where q.id = any (array(select o.id from old o))
