-- What Indexes.sql is for all, for a dashboard's newer queue alone: one in which a row may have no sale (Join.sql).

-- A sale has one row: confirm_sale_and_enqueue() and enqueue_sales() rely on it. Elsewhere it is a key of the table.
create unique index concurrently offline_conversion_queue_sale_id_key
    on public.offline_conversion_queue (sale_id);
