using System.Data;
using System.Text.Json;
using Npgsql;
using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Queue;

/// <summary>A run's later claims begin where its earlier ones found the oldest row that waits.</summary>
internal sealed class ClaimsOfOneRunTests : QueueFixture
{
    // There a row that waits for no time has the time of its insert.
    private const string OlderDefault = "alter table offline_conversion_queue alter column next_retry_at set default now()";

    // The seed's rows are of yesterday, and their default of now.
    private const string AsInserted = "update offline_conversion_queue set next_retry_at = created_at where next_retry_at is not null";

    [TestCase("select")]
    [TestCase(OlderDefault)]
    public async Task They_take_what_waits_and_what_comes_meanwhile(string schema)
    {
        await Database.ExecuteAsync(schema);
        var (run, site) = (Guid.NewGuid(), await Database.AddSiteAsync());
        var rows = await Database.EnqueueAsync(site, 3);
        await Database.ExecuteAsync(AsInserted);
        await ClaimAsync(groupLimit: 1, run: run);
        var younger = await Database.EnqueueAsync(site, 2, "younger");
        var other = await Database.EnqueueAsync(await Database.AddSiteAsync(), 1, "other");

        var groups = await ClaimAsync(run: run);

        Assert.That(
            groups.SelectMany(group => group.Jobs).Select(job => job.Id),
            Is.EquivalentTo((Guid[])[rows[1], rows[2], .. younger, .. other]));
    }

    [Test]
    public async Task A_new_row_is_seen_where_only_retries_waited()
    {
        var (run, site) = (Guid.NewGuid(), await Database.AddSiteAsync());
        await Database.EnqueueAsync(site, 2);
        await Database.ExecuteAsync(
            "update offline_conversion_queue set status = 'RETRY', next_retry_at = now() - interval '1 minute'");
        await ClaimAsync(groupLimit: 1, run: run);
        var fresh = await Database.EnqueueAsync(site, 1, "fresh");

        Assert.That((await ClaimAsync(groupLimit: 1, run: run)).Single().Jobs.Single().Id, Is.EqualTo(fresh.Single()));
    }

    [Test]
    public async Task An_older_row_that_was_given_back_waits_for_the_next_run()
    {
        var run = Guid.NewGuid();
        var rows = await Database.EnqueueAsync(await Database.AddSiteAsync(), 3);
        var oldest = (await ClaimAsync(groupLimit: 1, run: run)).Single();
        await ClaimAsync(groupLimit: 1, run: run);
        await Queue.ReleaseAsync(oldest, maySent: false, CancellationToken.None);

        Assert.That((await ClaimAsync(run: run)).Single().Jobs.Single().Id, Is.EqualTo(rows[2]));
        Assert.That((await ClaimAsync()).Single().Jobs.Single().Id, Is.EqualTo(rows[0]));
    }

    [TestCase("select", "-infinity")]
    [TestCase(OlderDefault, "in between")]
    public async Task Where_the_oldest_row_waits_is_known_on_both_schemas(string schema, string place)
    {
        await Database.ExecuteAsync(schema);
        await Database.EnqueueAsync(await Database.AddSiteAsync(), 3);
        await Database.ExecuteAsync(AsInserted);
        await using var batch = Claim.CreateBatch(
            Worker, new ClaimRequest(Provider, Guid.NewGuid(), Limit: 10, GroupLimit: 1), Guid.NewGuid(), Guid.Empty, QueuePosition.First);
        await using var reader = await batch.ExecuteReaderAsync();

        var (_, oldest) = await Claim.ReadAsync(reader, Provider, Guid.NewGuid(), CancellationToken.None);

        Assert.That(oldest, Is.Not.Null);
        Assert.That(oldest!.Value.DueAt == DateTime.MinValue, Is.EqualTo(place == "-infinity"));
        Assert.That(oldest.Value.CreatedAt, Is.GreaterThan(DateTime.MinValue));
    }

    [TestCase("created_at = timestamptz '20000-01-01'")]
    [TestCase("created_at = timestamptz '0200-01-01 BC'")]
    [TestCase("created_at = '-infinity'")]
    [TestCase("next_retry_at = timestamptz '0200-01-01 BC'")]
    public async Task A_date_that_the_driver_does_not_know_stops_nobody(string change)
    {
        var (run, site) = (Guid.NewGuid(), await Database.AddSiteAsync());
        var rows = await Database.EnqueueAsync(site, 2);
        await Database.ExecuteAsync($"update offline_conversion_queue set {change}");

        var first = (await ClaimAsync(groupLimit: 1, run: run)).Single().Jobs.Single().Id;
        var second = (await ClaimAsync(groupLimit: 1, run: run)).Single().Jobs.Single().Id;

        Assert.That((Guid[])[first, second], Is.EquivalentTo(rows));
    }

    [Test]
    public async Task Beside_an_old_transaction_they_look_up_no_row_that_died_before()
    {
        var site = await Database.AddSiteAsync();
        await Database.EnqueueAsync(site, 1);
        await using var pin = await Database.Admin.OpenConnectionAsync();
        await using var transaction = await pin.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        await using (var look = new NpgsqlCommand("select count(*) from offline_conversion_queue", pin, transaction))
            await look.ExecuteScalarAsync();
        await Database.EnqueueAsync(site, 2_000, "died");
        // In another order than they lie in the table: neighbours on a page would count once.
        await Database.ExecuteAsync(
            "update offline_conversion_queue set created_at = now() - interval '1 day' * random()");
        await Database.ExecuteAsync("update offline_conversion_queue set status = 'COMPLETED'");
        await Database.EnqueueAsync(site, 2, "waits");
        await Database.ExecuteAsync("update offline_conversion_queue set created_at = now() where status = 'QUEUED'");
        await Database.ExecuteAsync("vacuum analyze");
        var place = await Database.ScalarAsync<DateTime>(
            "select min(created_at) from offline_conversion_queue where status = 'QUEUED'");

        var before = await PagesLookedAtAsync(QueuePosition.First);
        var after = await PagesLookedAtAsync(new QueuePosition(DateTime.MinValue, place));

        Assert.That(before, Is.GreaterThan(2_000));
        Assert.That(after, Is.LessThan(before / 10));
    }

    private async Task<int> PagesLookedAtAsync(QueuePosition from)
    {
        await using var batch = Claim.CreateBatch(
            Worker, new ClaimRequest(Provider, Guid.NewGuid(), Limit: 1, GroupLimit: 1), Guid.NewGuid(), Guid.Empty, from);
        var claim = batch.BatchCommands[1];
        await using var command = Worker.CreateCommand($"explain (analyze, buffers, format json) {claim.CommandText}");
        foreach (var parameter in claim.Parameters.Cast<NpgsqlParameter>())
            command.Parameters.Add(parameter.Clone());
        using var plan = JsonDocument.Parse((string)(await command.ExecuteScalarAsync())!);
        var root = plan.RootElement[0].GetProperty("Plan");
        return root.GetProperty("Shared Hit Blocks").GetInt32() + root.GetProperty("Shared Read Blocks").GetInt32();
    }
}
