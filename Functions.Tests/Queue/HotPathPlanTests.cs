using System.Text.Json;
using Npgsql;
using OpsMantik.Core.Breaker;
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
            _worker, new ClaimRequest("google_ads", Guid.NewGuid(), limit, 2_000), Guid.NewGuid(), Guid.NewGuid());
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
        await using var command = WriteBackOf(await IdsAsync());

        await AssertIndexesOnlyAsync(command);
    }

    [Test]
    public async Task Writing_back_is_planned_by_its_ids_whatever_the_statistics_say_of_claims()
    {
        // As the first batches of a long backlog find them: analyzed when nothing was claimed, so that a claim's token
        // promises one row, and every claimed row would be compared with every outcome.
        await using var command = WriteBackOf(await IdsAsync());

        var nodes = await ExplainAsync(command);

        Assert.Multiple(() =>
        {
            Assert.That(nodes.Select(node => node.Index).OfType<string>(), Has.Some.EqualTo("offline_conversion_queue_pkey"));
            Assert.That(nodes.Select(node => node.Index), Has.None.EqualTo("offline_conversion_queue_processing_idx"));
            // What is walked for each claimed row must not be the outcomes.
            Assert.That(nodes.Where(node => node is { Parent: "Nested Loop", Alias: "o" }), Is.Empty);
        });
    }

    private Task<Guid[]?> IdsAsync() => _database.ScalarAsync<Guid[]>(
        "select array_agg(q.id) from (select id from offline_conversion_queue limit 2000) q");

    private NpgsqlCommand WriteBackOf(Guid[]? ids)
    {
        var jobs = ids!.Select(id => Jobs.One() with { Id = id }).ToArray();
        var group = new ClaimedGroup(Guid.NewGuid(), Guid.NewGuid(), "google_ads", null, false, jobs);
        return WriteBack.CreateCommand(
            _worker, group, [.. jobs.Select(job => RetryPolicy.Apply(job.Id, 0, UploadOutcome.Completed(), "order", 0))],
            CircuitSignal.Success, TimeSpan.Zero, TimeSpan.Zero);
    }

    private static async Task AssertIndexesOnlyAsync(NpgsqlCommand command)
    {
        var nodes = await ExplainAsync(command);

        Assert.Multiple(() =>
        {
            Assert.That(nodes.Where(node => node.Type == "Seq Scan"), Is.Empty, command.CommandText[..200]);
            Assert.That(
                nodes.Select(node => node.Index),
                Has.Some.StartsWith("offline_conversion_queue_"));
        });
    }

    private static async Task<PlanNode[]> ExplainAsync(NpgsqlCommand command)
    {
        command.CommandText = "explain (format json) " + command.CommandText;
        using var plan = JsonDocument.Parse((string)(await command.ExecuteScalarAsync())!);
        return [.. Nodes(plan.RootElement[0].GetProperty("Plan"), "")];
    }

    private static IEnumerable<PlanNode> Nodes(JsonElement node, string parent)
    {
        var type = node.GetProperty("Node Type").GetString()!;
        yield return new PlanNode(
            type, parent, Text("Alias"), Text("Index Name"));
        if (!node.TryGetProperty("Plans", out var children))
            yield break;
        foreach (var below in children.EnumerateArray().SelectMany(child => Nodes(child, type)))
            yield return below;

        string? Text(string name) => node.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    private sealed record PlanNode(string Type, string Parent, string? Alias, string? Index);
}
