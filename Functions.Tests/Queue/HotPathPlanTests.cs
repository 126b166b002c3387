using System.Text.Json;
using Npgsql;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Queue;

/// <summary>200,000 rows of 500 sites: every statement of the hot path finds its rows by an index.</summary>
internal sealed class HotPathPlanTests
{
    private TestDatabase _database = null!;
    private NpgsqlDataSource _worker = null!;

    [OneTimeSetUp]
    public async Task FillAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _worker = NpgsqlDataSource.Create(_database.WorkerConnectionString);
        await _database.ExecuteAsync(
            """
            -- Without looking every sale up: the rows are what is wanted.
            set session_replication_role = replica;
            insert into sites select gen_random_uuid() from generate_series(1, 500);
            insert into sales (site_id, occurred_at, amount_cents, status)
            select s.id, now(), 100, 'CONFIRMED' from sites s, generate_series(1, 400);
            insert into offline_conversion_queue (site_id, sale_id, gclid, conversion_time, value_cents, status)
            select s.site_id, s.id, 'g', now(), 100,
                   (array['QUEUED', 'QUEUED', 'RETRY', 'COMPLETED', 'FAILED'])[1 + abs(hashtext(s.id::text)) % 5]
            from sales s;
            insert into provider_credentials (site_id, provider_key, encrypted_payload, key_fingerprint)
            select s.id, 'google_ads', 'sealed', 'key' from sites s;
            insert into provider_health_state (site_id, provider_key, state, next_probe_at)
            select s.id, 'google_ads',
                   (array['CLOSED', 'OPEN', 'HALF_OPEN'])[1 + abs(hashtext(s.id::text)) % 3]::provider_circuit_state,
                   now() + (abs(hashtext(s.id::text)) % 7 - 3) * interval '1 minute'
            from sites s;
            -- Of 500 circuits the planner may as well read all; as many closed ones as there are sites elsewhere settle it.
            insert into provider_health_state (site_id, provider_key)
            select gen_random_uuid(), 'google_ads' from generate_series(1, 20000);
            """);
        await _database.ExecuteAsync("vacuum analyze");
    }

    [OneTimeTearDown]
    public async Task DropAsync()
    {
        await _worker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [TestCase(50)]
    [TestCase(10_000)]
    public async Task Claiming_scans_no_table(int limit)
    {
        await using var batch = Claim.CreateBatch(
            _worker, new ClaimRequest("google_ads", Guid.NewGuid(), limit, 2_000), Guid.NewGuid(), Guid.NewGuid(),
            QueuePosition.First);
        foreach (var statement in batch.BatchCommands.Cast<NpgsqlBatchCommand>().ToArray())
        {
            batch.BatchCommands.Remove(statement);
            await using var command = _worker.CreateCommand(statement.CommandText);
            foreach (var parameter in statement.Parameters.Cast<NpgsqlParameter>())
                command.Parameters.Add(parameter.Clone());
            await AssertIndexesOnlyAsync(command);
        }
    }

    [Test]
    public async Task Writing_back_scans_no_table()
    {
        var ids = await _database.ScalarAsync<Guid[]>(
            "select array_agg(q.id) from (select id from offline_conversion_queue limit 2000) q");
        var jobs = ids!.Select(id => Jobs.One() with { Id = id }).ToArray();
        var group = new ClaimedGroup(Guid.NewGuid(), Guid.NewGuid(), "google_ads", null, false, jobs);

        await using var command = WriteBack.CreateCommand(
            _worker, group, [.. jobs.Select(job => RetryPolicy.Apply(job.Id, 0, UploadOutcome.Completed(), "order", 0))],
            CircuitSignal.Success, TimeSpan.Zero, TimeSpan.Zero);

        await AssertIndexesOnlyAsync(command);
    }

    [Test]
    public async Task Rows_are_written_back_and_released_by_their_key_and_not_through_all_that_are_processing()
    {
        var ids = await _database.ScalarAsync<Guid[]>(
            "select array_agg(q.id) from (select id from offline_conversion_queue limit 50) q");
        var jobs = ids!.Select(id => Jobs.One() with { Id = id }).ToArray();
        var group = new ClaimedGroup(Guid.NewGuid(), Guid.NewGuid(), "google_ads", null, false, jobs);
        await using var writeBack = WriteBack.CreateCommand(
            _worker, group, [.. jobs.Select(job => RetryPolicy.Apply(job.Id, 0, UploadOutcome.Completed(), "order", 0))],
            CircuitSignal.Success, TimeSpan.Zero, TimeSpan.Zero);
        await using var release = ConversionQueue.CreateRelease(_worker, group, maySent: true);

        foreach (var command in (NpgsqlCommand[])[writeBack, release])
        {
            Assert.That(
                (await PlanAsync(command)).Where(node => node.Relation == "offline_conversion_queue").Select(node => node.Index)
                    .OfType<string>(),
                Is.EqualTo(new[] { "offline_conversion_queue_pkey" }));
        }
    }

    private static async Task AssertIndexesOnlyAsync(NpgsqlCommand command)
    {
        var nodes = await PlanAsync(command);

        Assert.Multiple(() =>
        {
            // Of the exceptions: none, or a few.
            Assert.That(
                nodes.Where(node => node.Type == "Seq Scan" && node.Relation != "offline_conversion_set_aside"),
                Is.Empty,
                command.CommandText[..200]);
            Assert.That(
                nodes.Where(node => node.Type.StartsWith("Index", StringComparison.Ordinal)).Select(node => node.Relation),
                Does.Contain("offline_conversion_queue"));
        });
    }

    private static async Task<(string Type, string? Relation, string? Index)[]> PlanAsync(NpgsqlCommand command)
    {
        command.CommandText = "explain (format json) " + command.CommandText;
        using var plan = JsonDocument.Parse((string)(await command.ExecuteScalarAsync())!);
        return [.. Nodes(plan.RootElement[0].GetProperty("Plan"))];
    }

    private static IEnumerable<(string Type, string? Relation, string? Index)> Nodes(JsonElement node)
    {
        yield return (
            node.GetProperty("Node Type").GetString()!,
            node.TryGetProperty("Relation Name", out var relation) ? relation.GetString() : null,
            node.TryGetProperty("Index Name", out var index) ? index.GetString() : null);
        if (!node.TryGetProperty("Plans", out var children))
            yield break;
        foreach (var below in children.EnumerateArray().SelectMany(Nodes))
            yield return below;
    }
}
