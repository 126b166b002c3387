-- Only legal transitions; nothing is claimed for an OPEN group; a HALF_OPEN one has one live probe of probe_limit rows.
-- A claim that looked before the circuit opened is none for an OPEN group: hence the five seconds.
with probes as (
    select a.site_id, a.new_token, count(*) as rows, max(a.probe_limit) as probe_limit
    from audit_rows a
    where a.new_status = 'PROCESSING' and a.circuit = 'HALF_OPEN'
    group by a.site_id, a.new_token
)
select format('the circuit of site %s went from %s to %s by %s', c.site_id, c.old_state, c.new_state, c.who)
from audit_circuits c
where c.who <> ''
  and coalesce(c.old_state, 'CLOSED') <> c.new_state
  and (coalesce(c.old_state, 'CLOSED'), c.new_state) not in (
      ('CLOSED', 'OPEN'), ('OPEN', 'HALF_OPEN'), ('OPEN', 'CLOSED'), ('HALF_OPEN', 'CLOSED'), ('HALF_OPEN', 'OPEN'))
union all
select format('the circuit of site %s opened after %s failures', c.site_id, c.failure_count)
from audit_circuits c
where c.who <> '' and c.old_state = 'CLOSED' and c.new_state = 'OPEN' and c.failure_count < 5
union all
select format('row %s was claimed by %s for an OPEN group', a.row_id, a.who)
from audit_rows a
where a.new_status = 'PROCESSING' and a.circuit = 'OPEN' and a.opened_at < a.at - interval '5 seconds'
union all
select format('a probe of site %s had %s rows, %s allowed', p.site_id, p.rows, p.probe_limit)
from probes p
where p.rows > p.probe_limit
union all
select format('%s took the probe of site %s from another that still had it', c.who, c.site_id)
from audit_circuits c
where c.old_token <> c.new_token and c.old_lease_until > c.at
union all
select format('the circuit of site %s opened beside its live probe by %s', c.site_id, c.who)
from audit_circuits c
where c.who <> '' and c.old_state = 'HALF_OPEN' and c.new_state = 'OPEN' and c.old_lease_until > c.at
union all
select format('site %s is stuck in HALF_OPEN since %s', h.site_id, h.updated_at)
from provider_health_state h
where h.state = 'HALF_OPEN' and h.probe_lease_until < now() - interval '10 minutes'
limit 20
