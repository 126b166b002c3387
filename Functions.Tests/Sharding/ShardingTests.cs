using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.House;
using OpsMantik.Functions.Tests.Queue;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Sharding;

/// <summary>
/// The tables as infra/sharding/citus.sql leaves them, on one PostgreSQL: every statement of the hot path, and every one
/// inside the functions it calls, looks at the rows of one site only, by the plan that PostgreSQL made of it.
/// </summary>
internal sealed class ShardingTests
{
    private const string Provider = "google_ads";

    private static readonly Guid Token = Guid.Parse("00000000-0000-0000-0000-0000000000aa");

    private TestDatabase _database = null!;
    private ExecutedPlans _plans = null!;
    private Guid _site;

    [SetUp]
    public async Task DistributeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _plans = await ExecutedPlans.WatchAsync(_database.AdminConnectionString);
        await _database.ExecuteAsync(await StubAsync());
        await _database.ExecuteAsync(await TextAsync("citus.sql"));
        _site = await _database.AddSiteAsync();
        await _database.EnqueueAsync(_site, 5);
        await _database.EnqueueAsync(await _database.AddSiteAsync(), 3, "other");
    }

    [TearDown]
    public async Task DropAsync()
    {
        await _plans.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task Claiming_a_site_looks_at_that_site_alone()
    {
        Assert.That(await ClaimAsync(_site), Has.Length.EqualTo(5));

        await AssertOneSiteAsync("offline_conversion_queue", "provider_credentials");
    }

    [Test]
    public async Task Writing_back_looks_at_one_site_alone_in_every_function_it_calls()
    {
        var group = Group(await ClaimAsync(_site));
        _plans.Take();
        var results = group.Jobs.Select((job, i) => RetryPolicy.Apply(
            job.Id, 0, i == 0 ? UploadOutcome.Retry("E", ErrorCategory.Transient, "busy") : UploadOutcome.Completed(), "o", 0));
        await using var writeBack = WriteBack.CreateCommand(
            _database.Admin, group, [.. results], CircuitSignal.TransientFailure, TimeSpan.Zero, TimeSpan.Zero);

        Assert.That(await ExecuteAsync(writeBack), Is.EqualTo(5));
        await AssertOneSiteAsync("offline_conversion_queue", "provider_health_state");
    }

    [Test]
    public async Task Releasing_looks_at_one_site_alone()
    {
        var group = Group(await ClaimAsync(_site));
        _plans.Take();
        await using var release = ConversionQueue.CreateRelease(_database.Admin, group, maySent: false);
        await ExecuteAsync(release);

        Assert.That(
            await _database.ScalarAsync<long>(
                "select count(*) from offline_conversion_queue where site_id = $1 and status = 'QUEUED'", _site),
            Is.EqualTo(5));
        await AssertOneSiteAsync("offline_conversion_queue", "provider_health_state");
    }

    [Test]
    public async Task Probing_looks_at_one_site_alone()
    {
        await using var probe = new NpgsqlCommand("select take_provider_probe($1, $2, $3, $3, interval '1 minute')")
        {
            Parameters = { new() { Value = _site }, new() { Value = Provider }, new() { Value = Token } },
        };
        await _database.ExecuteAsync(
            "insert into provider_health_state (site_id, provider_key, state) values ($1, $2, 'HALF_OPEN')", _site, Provider);

        Assert.That(await ExecuteAsync(probe), Is.True);
        await AssertOneSiteAsync("provider_health_state");
    }

    [Test]
    public async Task Settling_a_submitted_request_looks_at_one_site_alone()
    {
        await using var settle = new NpgsqlCommand(SqlText.Load("Confirmations.Sql.Settle"))
        {
            Parameters =
            {
                new() { Value = Token }, new() { Value = _site }, new() { Value = Provider }, new() { Value = "request" },
                new() { Value = false }, new() { Value = new[] { Token } }, new() { Value = new[] { "COMPLETED" } },
                new() { Value = new double?[] { null } }, new() { Value = new[] { false } },
                new() { Value = new string?[] { null } }, new() { Value = new string?[] { null } },
                new() { Value = new string?[] { null } }, new() { Value = true },
            },
        };
        await ExecuteAsync(settle);

        await AssertOneSiteAsync("offline_conversion_queue", "provider_upload_requests");
    }

    [Test]
    public async Task The_two_halves_of_a_claim_take_what_is_due_of_every_site()
    {
        await using var due = new NpgsqlCommand(await TextAsync("due_sites.sql"), _plans.Connection)
        {
            Parameters = { new() { Value = Provider }, new() { Value = 10 }, new() { Value = Guid.Empty } },
        };
        Dictionary<Guid, long> sites = [];
        await using (var reader = await due.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                sites.Add(reader.GetGuid(0), reader.GetInt64(1));
        }

        Assert.That(sites.Values, Is.EquivalentTo(new[] { 5, 3 }));
        foreach (var (site, backlog) in sites)
            Assert.That(await ClaimAsync(site), Has.Length.EqualTo(backlog));
        foreach (var site in sites.Keys)
            Assert.That(await ClaimAsync(site), Is.Empty, "claimed once");
    }

    /// <summary>What must be split before the tables are; and the check sees the difference.</summary>
    [Test]
    public async Task The_claim_over_all_sites_looks_at_all_of_them()
    {
        await using var batch = Claim.CreateBatch(
            _database.Admin, new ClaimRequest(Provider, Token, 10, 10), Token, Guid.Empty, QueuePosition.First);
        await using var claim = Copy(batch.BatchCommands[1].CommandText, batch.BatchCommands[1].Parameters);
        await claim.ExecuteNonQueryAsync();

        Assert.That(await UnboundAsync(_plans.Take()), Does.Contain("offline_conversion_queue"));
    }

    [Test]
    public async Task Keys_without_the_site_are_refused()
    {
        await using var asMigrated = await TestDatabase.CreateAsync();
        await asMigrated.ExecuteAsync(await StubAsync());

        Assert.That(
            () => asMigrated.ExecuteAsync("select create_distributed_table('offline_conversion_queue', 'site_id')"),
            Throws.TypeOf<PostgresException>().With.Message.Contains("is unique without site_id"));
    }

    private static Task<string> StubAsync() => File.ReadAllTextAsync(
        Path.Combine(TestContext.CurrentContext.TestDirectory, "Sharding", "CitusStub.sql"));

    private static Task<string> TextAsync(string name) =>
        File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "infra", "sharding", name));

    private ClaimedGroup Group(Guid[] ids) =>
        new(Token, _site, Provider, null, false, [.. ids.Select(id => Jobs.One() with { Id = id })]);

    private async Task<Guid[]> ClaimAsync(Guid site)
    {
        await using var claim = new NpgsqlCommand(await TextAsync("claim_site.sql"), _plans.Connection)
        {
            Parameters =
            {
                new() { Value = Provider }, new() { Value = site }, new() { Value = 100 }, new() { Value = Token },
            },
        };
        List<Guid> ids = [];
        await using var reader = await claim.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            ids.Add(reader.GetGuid(0));
        return [.. ids];
    }

    private NpgsqlCommand Copy(string text, NpgsqlParameterCollection parameters)
    {
        var copy = new NpgsqlCommand(text, _plans.Connection);
        foreach (NpgsqlParameter parameter in parameters)
            copy.Parameters.Add(parameter.Clone());
        return copy;
    }

    private async Task<object?> ExecuteAsync(NpgsqlCommand command)
    {
        await using var copy = Copy(command.CommandText, command.Parameters);
        return await copy.ExecuteScalarAsync();
    }

    private async Task AssertOneSiteAsync(params string[] seen)
    {
        var plans = _plans.Take();
        Assert.That(plans.SelectMany(plan => plan.Scans).Select(scan => scan.Table), Is.SupersetOf(seen));
        Assert.That(await UnboundAsync(plans), Is.Empty);
    }

    private async Task<List<string>> UnboundAsync(IReadOnlyList<ExecutedPlan> plans)
    {
        var columns = new Dictionary<string, string>();
        await using var command = _database.Admin.CreateCommand("select name::text, distributed_by::text from distributed_tables");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            columns.Add(reader.GetString(0), reader.GetString(1));
        Assert.That(columns, Has.Count.EqualTo(13));
        return
        [
            .. plans.SelectMany(plan => plan.Scans)
                .Where(scan => columns.TryGetValue(scan.Table, out var column) && !scan.IsBoundBy(column))
                .Select(scan => scan.Table).Distinct(),
        ];
    }
}
