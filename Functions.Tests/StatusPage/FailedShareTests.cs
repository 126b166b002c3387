using System.Text.Json;
using Npgsql;
using OpsMantik.Core;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Status;
using OpsMantik.Core.Vault;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.StatusPage;

/// <summary>A site of which a tenth of a day failed.</summary>
internal sealed class FailedShareTests
{
    private TestDatabase _database = null!;
    private NpgsqlDataSource _worker = null!;
    private Guid _site;

    [SetUp]
    public async Task CreateAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _worker = NpgsqlDataSource.Create(_database.WorkerConnectionString);
        _site = await _database.AddSiteAsync();
        await _database.AddCredentialsAsync(new CredentialVault(VaultKeyRing.Parse(Testbed.BulkSeed.VaultKey, null)), _site);
        await _database.ExecuteAsync("update provider_credentials set updated_at = now() - interval '2 days'");
        // What was long ago, or of another site, is not of the day.
        await AddBatchAsync(_site, 1_000, hours: 25);
        await AddBatchAsync(await _database.AddSiteAsync(), 1_000, hours: 1);
    }

    [TearDown]
    public async Task DropAsync()
    {
        await _worker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [TestCase(5, 45, SiteNeed.ManyFailed)]
    [TestCase(5, 46, SiteNeed.Nothing)]
    [TestCase(4, 4, SiteNeed.Nothing, Description = "of so few, one is much")]
    [TestCase(40, 4, SiteNeed.ManyFailed)]
    public async Task A_tenth_of_a_day_and_five_rows_need_a_person(int failed, int completed, SiteNeed expected)
    {
        await FailAsync(failed, "VALIDATION", "CLICK_NOT_FOUND");
        await AddBatchAsync(_site, completed - 1, hours: 23);
        await AddBatchAsync(_site, 1, hours: 1);

        var site = await ReadAsync();

        Assert.That(site.Need, Is.EqualTo(expected));
        if (expected == SiteNeed.Nothing)
            return;
        Assert.That((site.RowsInNeed, site.Cause?.Code, site.CompletedToday), Is.EqualTo(((long)failed, "CLICK_NOT_FOUND", (long)completed)));
        Assert.That(
            (NeedText.WhoActs(site.Cause), NeedText.Command(site.Need, "abcd1234")), Is.EqualTo((Responsible.Operator, "opsmantik status --site abcd1234")));
    }

    [TestCase("status = 'QUEUED'", SiteNeed.Nothing, Description = "what is requeued is no failure")]
    [TestCase("updated_at = now() - interval '25 hours'", SiteNeed.Nothing)]
    [TestCase("provider_error_code = 'SALE_CANCELED'", SiteNeed.Nothing, Description = "the customer's doing")]
    [TestCase("provider_error_category = 'AUTH'", SiteNeed.Requeue, Description = "its command sends them again")]
    [TestCase("status = 'RETRY', provider_error_category = 'CONFIGURATION'", SiteNeed.Parked)]
    public async Task What_became_otherwise_or_is_graver_comes_first(string change, SiteNeed expected)
    {
        await FailAsync(9, "VALIDATION", "CLICK_NOT_FOUND");
        await AddBatchAsync(_site, 20, hours: 1);
        var before = (await ReadAsync()).Need;

        // Five of the nine; four are left, too few.
        await _database.ExecuteAsync(
            $"update offline_conversion_queue set {change} where id in (select id from offline_conversion_queue order by id limit 5)");

        Assert.That((before, (await ReadAsync()).Need), Is.EqualTo((SiteNeed.ManyFailed, expected)));
    }

    [Test]
    public async Task The_batches_of_a_day_are_read_by_the_index_and_of_such_a_site_alone()
    {
        await _database.ExecuteAsync(
            """
            insert into provider_upload_attempts (created_at, site_id, provider_key, batch_id, phase, completed_count)
            select now() - n * interval '10 minutes', s.id, 'google_ads', 'b', 'FINISHED', 20
            from (select $1 as id union all select gen_random_uuid() from generate_series(1, 99)) s
            cross join generate_series(1, 1000) as n;
            """.Replace("$1", $"'{_site}'::uuid", StringComparison.Ordinal));
        await _database.ExecuteAsync("insert into provider_upload_metrics (site_id, provider_key) select distinct site_id, 'google_ads' from provider_upload_attempts");
        await _database.ExecuteAsync("vacuum analyze provider_upload_attempts");
        await FailAsync(5, "VALIDATION", "CLICK_NOT_FOUND");
        var statement = StatusReader.SitesOf(null);
        await using var command = _worker.CreateCommand("explain (analyze, format json) " + statement.CommandText);
        foreach (var parameter in statement.Parameters.Cast<NpgsqlParameter>())
            command.Parameters.Add(parameter.Clone());

        using var plan = JsonDocument.Parse((string)(await command.ExecuteScalarAsync())!);
        var scans = Nodes(plan.RootElement[0].GetProperty("Plan"))
            .Where(node => node.TryGetProperty("Index Name", out var index) && index.GetString() == "provider_upload_attempts_finished_idx")
            .ToList();

        // The last batch, and the sum.
        Assert.That(scans, Has.Count.EqualTo(2), plan.RootElement.ToString());
        var sum = scans.Single(node => node.GetProperty("Index Cond").GetString()!.Contains("created_at", StringComparison.Ordinal));
        Assert.That((sum.GetProperty("Actual Loops").GetInt32(), sum.GetProperty("Actual Rows").GetDouble()), Is.EqualTo((1, 143.0)));
    }

    private async Task<SiteState> ReadAsync() =>
        (await new StatusReader(_worker, Currencies.Default).ReadAsync(default)).Sites.Single(site => site.SiteId == _site);

    private async Task FailAsync(int rows, string category, string code)
    {
        await _database.EnqueueAsync(_site, rows, "f", "FAILED");
        await _database.ExecuteAsync("update offline_conversion_queue set provider_error_category = $1, provider_error_code = $2", category, code);
    }

    private Task<int> AddBatchAsync(Guid site, int completed, int hours) => _database.ExecuteAsync(
        """
        insert into provider_upload_attempts (created_at, site_id, provider_key, batch_id, phase, claimed_count, completed_count, failed_count)
        values (now() - $3 * interval '1 hour', $1, 'google_ads', 'b', 'FINISHED', $2, $2, 0)
        """, site, completed, hours);

    private static IEnumerable<JsonElement> Nodes(JsonElement node) =>
        node.TryGetProperty("Plans", out var below) ? below.EnumerateArray().SelectMany(Nodes).Prepend(node) : [node];
}
