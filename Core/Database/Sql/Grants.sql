-- Rights that the login lacks, and rights on append-only tables that it should not have. What is not there at all is the
-- schema's fault and not listed.
-- Locks: none; the catalogue only.
with needed (thing, rights) as (
    values ('sites', 'SELECT'),
           ('offline_conversion_queue', 'SELECT,INSERT,UPDATE'),
           ('provider_credentials', 'SELECT,INSERT,UPDATE'),
           ('provider_health_state', 'SELECT,INSERT,UPDATE'),
           ('provider_upload_metrics', 'SELECT,INSERT,UPDATE'),
           ('provider_upload_requests', 'SELECT,INSERT,UPDATE'),
           ('provider_upload_attempts', 'SELECT,INSERT'),
           ('offline_conversion_set_aside', 'SELECT,INSERT,UPDATE,DELETE'),
           ('conversion_corrections', 'SELECT,INSERT,UPDATE'),
           ('sale_changes_missed', 'SELECT,DELETE'),
           ('provider_backlog_samples', 'SELECT,INSERT,DELETE'),
           ('provider_reconciliations', 'SELECT,INSERT,UPDATE,DELETE'),
           ('provider_reconciliation_days', 'SELECT,INSERT,UPDATE,DELETE'),
           ('worker_ticks', 'SELECT,INSERT,UPDATE'),
           ('operator_audit', 'SELECT,INSERT'),
           ('opsmantik_migrations', 'SELECT')
),
excess (thing, rights) as (
    values ('provider_upload_attempts', 'UPDATE,DELETE,TRUNCATE'),
           ('operator_audit', 'UPDATE,DELETE,TRUNCATE')
),
functions (signature) as (
    values ('record_provider_outcome(uuid, text, boolean, boolean)'),
           ('settle_provider_circuit(uuid, text, uuid, boolean, boolean)'),
           ('take_provider_probe(uuid, text, uuid, uuid, interval)'),
           ('increment_provider_upload_metrics(uuid, text, bigint, bigint, bigint, bigint)'),
           ('count_provider_upload(uuid, text, bigint, bigint, bigint, bigint, bigint)'),
           ('recover_stuck_offline_conversion_jobs(int)'),
           ('fail_endless_offline_conversion_jobs(int)'),
           ('end_refused_offline_conversion_job(uuid, text, uuid, uuid, text)'),
           ('try_offline_conversion_claim(uuid, uuid[])'),
           ('end_refused_waiting_jobs(text, uuid, int)'),
           ('end_refused_waiting_job(uuid, text, uuid, text)'),
           ('correct_sale(uuid)'),
           ('correct_pending_sales()'),
           ('find_sale(uuid)'),
           ('change_sale(uuid, bigint, text, text)'),
           ('is_correction_current(uuid)'),
           ('carried_json(jsonb)'),
           ('enqueue_sales(jsonb, text)'),
           ('judge_sales(jsonb)')
)
select n.thing, r.name, true as missing
from needed n
cross join unnest(string_to_array(n.rights, ',')) as r (name)
where to_regclass('public.' || n.thing) is not null
  and not has_table_privilege('public.' || n.thing, r.name)
union all
select e.thing, r.name, false
from excess e
cross join unnest(string_to_array(e.rights, ',')) as r (name)
where to_regclass('public.' || e.thing) is not null
  and has_table_privilege('public.' || e.thing, r.name)
union all
select f.signature, 'EXECUTE', true
from functions f
where to_regprocedure('public.' || f.signature) is not null
  and not has_function_privilege(to_regprocedure('public.' || f.signature), 'EXECUTE')
order by 1, 2
