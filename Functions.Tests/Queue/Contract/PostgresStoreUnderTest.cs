using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OpsMantik.Core.Confirmations;
using OpsMantik.Core.Corrections;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Functions.Tests.Queue.Contract;

/// <summary>The store of production, connected as the app connects. Time passes by making everything older.</summary>
internal sealed class PostgresStoreUnderTest : IStoreUnderTest
{
    private TestDatabase _database = null!;
    private readonly Dictionary<Guid, NpgsqlConnection> _locks = [];
    private NpgsqlDataSource _worker = null!;
    private NpgsqlDataSource _operator = null!;

    public IConfirmationStore Confirmations => new ConfirmationStore(_worker);

    public async Task OpenAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _worker = NpgsqlDataSource.Create(_database.WorkerConnectionString);
        _operator = NpgsqlDataSource.Create(_database.OperatorConnectionString);
    }

    public IConversionQueue NewQueue(int seed) => new ConversionQueue(_worker, new Random(seed), NullLogger<ConversionQueue>.Instance);

    public ICorrectionStore NewCorrections(int seed) => new CorrectionStore(_worker, TestInstruments.New(), new Random(seed));

    public Task ChangeSaleAsync(Guid row, bool toggles, long? cents) => _database.ExecuteAsync(
        """
        update sales
        set status = case when (status = 'CANCELED') <> $2 then 'CANCELED' else 'CONFIRMED' end,
            amount_cents = coalesce($3::bigint, amount_cents)
        where id = (select q.sale_id from offline_conversion_queue q where q.id = $1)
        """, row, toggles, cents);

    public async Task<string> CorrectionsAsync(Guid row) => await _database.ScalarAsync<string>(
        """
        select string_agg(format('%s %s %s claims %s attempts %s', concat_ws(' ', c.kind, c.value_cents), c.status,
                                 c.provider_error_code, c.claim_count, c.retry_count), ', ' order by c.corrected_at)
        from conversion_corrections c where c.row_id = $1
        """, row) ?? "";

    public Task AddSiteAsync(Guid id) => _database.ExecuteAsync(
        """
        with site as (insert into sites (id) values ($1) returning id)
        insert into provider_credentials (site_id, provider_key, encrypted_payload, key_fingerprint)
        select id, 'google_ads', 'sealed', 'fingerprint' from site
        """, id);

    public Task EnqueueAsync(QueueRow row) => _database.ExecuteAsync(
        """
        with sale as (
            insert into sales (id, site_id, occurred_at, amount_cents, status)
            values ($3, $2, $5, 12345, 'CONFIRMED') returning id
        )
        insert into offline_conversion_queue
            (id, site_id, sale_id, gclid, conversion_time, value_cents, payload, created_at, provider_key, next_retry_at)
        select $1, $2, s.id, $4, $5, 12345, $6::jsonb, $7, $8, $9 from sale s
        """,
        row.Id, row.Group.SiteId, row.SaleId, row.Gclid, row.ConversionTime, row.Payload, row.CreatedAt,
        row.Group.ProviderKey, row.NextRetryAt);

    public Task ArrangeAsync(QueueRow row) => _database.ExecuteAsync(
        """
        update offline_conversion_queue
        set status = $2, retry_count = $3, claim_count = $4, next_retry_at = $5, request_index = $6
        where id = $1
        """,
        row.Id, row.Status.ToString().ToUpperInvariant(), row.RetryCount, row.ClaimCount, row.NextRetryAt, row.RequestIndex);

    public Task ArrangeAsync(Circuit circuit) => _database.ExecuteAsync(
        """
        insert into provider_health_state (site_id, provider_key, state, failure_count, next_probe_at, probe_limit)
        values ($1, $2, $3::text::provider_circuit_state, $4, $5, $6)
        on conflict (site_id, provider_key) do update
        set state = excluded.state, failure_count = excluded.failure_count,
            next_probe_at = excluded.next_probe_at, probe_limit = excluded.probe_limit
        """,
        circuit.Group.SiteId, circuit.Group.ProviderKey, PostgresRows.Text(circuit.State), circuit.FailureCount,
        circuit.NextProbeAt, circuit.ProbeLimit);

    public async Task AdvanceAsync(TimeSpan time)
    {
        await _database.ExecuteAsync(
            """
            update offline_conversion_queue
            set next_retry_at = next_retry_at - $1, claimed_at = claimed_at - $1, updated_at = updated_at - $1
            """, time);
        await _database.ExecuteAsync(
            """
            update conversion_corrections
            set next_retry_at = next_retry_at - $1, claimed_at = claimed_at - $1, corrected_at = corrected_at - $1
            """, time);
        await _database.ExecuteAsync(
            """
            update provider_health_state
            set next_probe_at = next_probe_at - $1, probe_lease_until = probe_lease_until - $1
            """, time);
        await _database.ExecuteAsync(
            """
            update provider_upload_requests
            set submitted_at = submitted_at - $1, next_check_at = next_check_at - $1, lease_until = lease_until - $1
            """, time);
    }

    public Task AgeClaimAsync(Guid row, TimeSpan by) => _database.ExecuteAsync(
        "update offline_conversion_queue set claimed_at = claimed_at - $2 where id = $1", row, by);

    public Task LapseLeaseAsync(GroupKey group) => _database.ExecuteAsync(
        """
        update provider_health_state set probe_lease_until = now() - interval '1 minute'
        where site_id = $1 and provider_key = $2
        """, group.SiteId, group.ProviderKey);

    public Task CloseAsync(GroupKey group) =>
        new CircuitControl(_operator).CloseAsync(group.SiteId, group.ProviderKey, "tester", CancellationToken.None);

    public Task OpenAsync(GroupKey group, bool isolate)
    {
        var circuits = new CircuitControl(_operator);
        return isolate
            ? circuits.IsolateAsync(group.SiteId, group.ProviderKey, "tester", CancellationToken.None)
            : circuits.OpenAsync(group.SiteId, group.ProviderKey, "tester", CancellationToken.None);
    }

    public Task RequeueAsync(GroupKey group) => new Requeueing(_operator).RequeueAsync(
        new RequeueFilter { Status = "FAILED", ProviderKey = group.ProviderKey, SiteId = group.SiteId }, "tester", CancellationToken.None);

    public async Task LockAsync(Guid row)
    {
        var session = await _database.Admin.OpenConnectionAsync();
        _locks.Add(row, session);
        await ExecuteAsync(session, $"begin; select from offline_conversion_queue where id = '{row}' for update");
    }

    public async Task UnlockAsync(Guid row)
    {
        _locks.Remove(row, out var session);
        await using (session)
            await ExecuteAsync(session!, "rollback");
    }

    public Task<DateTimeOffset> NowAsync() => _database.ScalarAsync<DateTimeOffset>("select now()");

    public Task<QueueRow> RowAsync(Guid id) => _database.Admin.ReadRowAsync(id);

    public Task<Circuit> CircuitAsync(GroupKey group) => _database.Admin.ReadCircuitAsync(group);

    public Task<RequestRow> RequestAsync(GroupKey group, string requestId) =>
        _database.Admin.ReadRequestAsync(group, requestId);

    public Task<Counters> CountersAsync(GroupKey group) => _database.Admin.ReadCountersAsync(group);

    public Task<IReadOnlyList<LedgerLine>> LedgerAsync(GroupKey group) => _database.Admin.ReadLedgerAsync(group);

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _locks.Values)
            await session.DisposeAsync();
        await _worker.DisposeAsync();
        await _operator.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static async Task ExecuteAsync(NpgsqlConnection session, string sql)
    {
        await using var command = new NpgsqlCommand(sql, session);
        await command.ExecuteNonQueryAsync();
    }
}
