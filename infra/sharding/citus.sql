-- Spreads the worker's tables over a Citus cluster (or Azure's elastic clusters) by site_id: all rows of a site lie
-- together on one node. For a migrated database, run once by its owner on the coordinator: psql -1 -f citus.sql. When and why: docs/scale.md.
-- A unique constraint of a distributed table must hold the distribution column, so the keys get the site in front. The
-- application writes "on conflict (sale_id)": there it must become "on conflict (site_id, sale_id)".
set citus.enable_unsafe_triggers = on;  -- They change the new row alone, whatever node it is on.
set citus.multi_shard_modify_mode = 'sequential';  -- Tables and functions in one transaction.


alter table public.conversion_corrections
    drop constraint conversion_corrections_row_id_fkey,
    drop constraint conversion_corrections_pkey;
drop index public.conversion_corrections_waiting_key;
alter table public.offline_conversion_queue
    drop constraint offline_conversion_queue_sale_id_fkey,
    drop constraint offline_conversion_queue_sale_id_key,
    drop constraint offline_conversion_queue_pkey;
alter table public.sales drop constraint sales_conversation_id_fkey;
alter table public.sales drop constraint sales_pkey;
alter table public.conversations drop constraint conversations_pkey;
alter table public.provider_credentials drop constraint provider_credentials_pkey;
alter table public.provider_upload_attempts drop constraint provider_upload_attempts_pkey;

alter table public.conversations add primary key (site_id, id);
alter table public.sales add primary key (site_id, id);
alter table public.offline_conversion_queue add primary key (site_id, id), add unique (site_id, sale_id);
alter table public.provider_credentials add primary key (site_id, id);
alter table public.provider_upload_attempts add primary key (site_id, id);
-- Its trigger stays off: it would look for a sale on every node. Corrections are a command of the operator's there.
alter table public.conversion_corrections add primary key (site_id, id);
drop trigger opsmantik_note_sale_change on public.sales;
-- Off too: untried on shards. No role has the right to change the ledger all the same.
drop trigger provider_upload_attempts_append_only on public.provider_upload_attempts;

-- operator_audit stays on the coordinator: people write it, and its numbers count up in one place. So do provider_request_limits, which
-- is of no site, and operator_alerts, of some hundred rows, which is claimed across all sites.
select create_distributed_table('public.sites', 'id');
select create_distributed_table('public.conversations', 'site_id', colocate_with := 'public.sites');
select create_distributed_table('public.sales', 'site_id', colocate_with := 'public.sites');
select create_distributed_table('public.offline_conversion_queue', 'site_id', colocate_with := 'public.sites');
select create_distributed_table('public.provider_credentials', 'site_id', colocate_with := 'public.sites');
select create_distributed_table('public.provider_health_state', 'site_id', colocate_with := 'public.sites');
select create_distributed_table('public.provider_upload_metrics', 'site_id', colocate_with := 'public.sites');
select create_distributed_table('public.provider_upload_attempts', 'site_id', colocate_with := 'public.sites');
select create_distributed_table('public.offline_conversion_set_aside', 'site_id', colocate_with := 'public.sites');
select create_distributed_table('public.provider_upload_requests', 'site_id', colocate_with := 'public.sites');
select create_distributed_table('public.provider_reconciliations', 'site_id', colocate_with := 'public.sites');
select create_distributed_table('public.provider_reconciliation_days', 'site_id', colocate_with := 'public.sites');
select create_distributed_table('public.conversion_corrections', 'site_id', colocate_with := 'public.sites');

-- Rows of one site refer to each other on their own node.
alter table public.sales
    add foreign key (site_id, conversation_id) references public.conversations (site_id, id);
alter table public.offline_conversion_queue
    add foreign key (site_id, sale_id) references public.sales (site_id, id) on delete cascade;
alter table public.conversion_corrections
    add foreign key (site_id, row_id) references public.offline_conversion_queue (site_id, id) on delete cascade;

-- What a claim reads a row's JSON by, on every node.
select create_distributed_function('public.carried_json(jsonb)');

-- What a write-back calls runs where its site's rows are.
select create_distributed_function(
    'public.count_provider_upload(uuid, text, bigint, bigint, bigint, bigint, bigint)',
    'p_site_id', colocate_with := 'public.sites');
select create_distributed_function(
    'public.increment_provider_upload_metrics(uuid, text, bigint, bigint, bigint, bigint)',
    'p_site_id', colocate_with := 'public.sites');
select create_distributed_function(
    'public.record_provider_outcome(uuid, text, boolean, boolean)', 'p_site_id', colocate_with := 'public.sites');
select create_distributed_function(
    'public.settle_provider_circuit(uuid, text, uuid, boolean, boolean)', 'p_site_id', colocate_with := 'public.sites');
select create_distributed_function(
    'public.take_provider_probe(uuid, text, uuid, uuid, interval)', 'p_site_id', colocate_with := 'public.sites');
select create_distributed_function(
    'public.get_provider_health_state(uuid, text)', 'p_site_id', colocate_with := 'public.sites');
select create_distributed_function(
    'public.set_provider_state_half_open(uuid, text)', 'p_site_id', colocate_with := 'public.sites');
select create_distributed_function(
    'public.end_refused_offline_conversion_job(uuid, text, uuid, uuid, text)', 'p_site_id', colocate_with := 'public.sites');
