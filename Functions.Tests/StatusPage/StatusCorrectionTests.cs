using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Status;
using OpsMantik.Core.Vault;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.StatusPage;

/// <summary>What the status and the gauges say of sales that changed after they were sent.</summary>
internal sealed class StatusCorrectionTests
{
    private TestDatabase _database = null!;
    private NpgsqlDataSource _worker = null!;
    private StatusReader _reader = null!;
    private Guid _site;

    [SetUp]
    public async Task CreateAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _worker = NpgsqlDataSource.Create(_database.WorkerConnectionString);
        _reader = new StatusReader(_worker, Currencies.Default);
        _site = await _database.AddSiteAsync();
        await _database.AddCredentialsAsync(new CredentialVault(VaultKeyRing.Parse(Testbed.BulkSeed.VaultKey, null)), _site);
    }

    [TearDown]
    public async Task DropAsync()
    {
        await _worker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task Corrections_are_counted_by_what_became_of_them()
    {
        await AddAsync("QUEUED", hours: 3);
        await AddAsync("RETRY", "TOO_RECENT_CONVERSION", hours: 2);
        await AddAsync("COMPLETED", "COUNT_STAYS");
        await AddAsync("COMPLETED", hours: 30);
        await AddAsync("FAILED", "CORRECTION_NOT_TAKEN", hours: 6 * 24);
        await AddAsync("FAILED", "CORRECTION_NOT_TAKEN");
        await AddAsync("FAILED", "CONVERSION_RETRACTED");
        await AddAsync("FAILED", "CONVERSION_NOT_FOUND", hours: 8 * 24);
        await AddAsync("FAILED", "CORRECTION_REPLACED");
        await AddAsync("FAILED", "CONVERSION_EXPIRED");
        await AddAsync("FAILED", "CORRECTION_NOT_POSSIBLE");
        await AddAsync("COMPLETED", row: await AddAsync("FAILED", "HTTP_400", hours: 5), hours: 4);

        var report = await _reader.ReadAsync(default);

        var corrections = report.Sites.Single().Corrections;
        Assert.That(
            (corrections.Waiting, corrections.ToldToday, corrections.Failed, corrections.Final, corrections.FailedCode),
            Is.EqualTo((2L, 2L, 3L, 2L, "CORRECTION_NOT_TAKEN")));
        Assert.That(report.TakenAt - corrections.OldestAt, Is.EqualTo(TimeSpan.FromHours(3)).Within(TimeSpan.FromMinutes(1)));
        Assert.That(report.Providers.Single().Corrections, Is.EqualTo(corrections with { FailedCode = null }));
    }

    [TestCase("FAILED", "CORRECTION_NOT_TAKEN", 24 * 6, "CLOSED", SiteNeed.NotCorrected)]
    [TestCase("FAILED", "CONVERSION_RETRACTED", 1, "OPEN", SiteNeed.NotCorrected)]
    [TestCase("FAILED", "CORRECTION_NOT_TAKEN", 24 * 8, "CLOSED", SiteNeed.Nothing)]
    [TestCase("FAILED", "CONVERSION_EXPIRED", 1, "CLOSED", SiteNeed.Nothing)]
    [TestCase("FAILED", "TOO_MANY_ADJUSTMENTS", 1, "CLOSED", SiteNeed.Nothing)]
    [TestCase("FAILED", "CORRECTION_REPLACED", 1, "CLOSED", SiteNeed.Nothing)]
    [TestCase("RETRY", "CONVERSION_NOT_FOUND", 31, "CLOSED", SiteNeed.NotCorrected)]
    [TestCase("QUEUED", null, 29, "CLOSED", SiteNeed.Nothing)]
    [TestCase("QUEUED", null, 31, "OPEN", SiteNeed.Nothing)]
    [TestCase("COMPLETED", null, 31, "CLOSED", SiteNeed.Nothing)]
    public async Task A_site_needs_a_person_as_the_gauge_says_too(string status, string? code, int hours, string circuit, SiteNeed expected)
    {
        await AddAsync(status, code, hours);
        await _database.SetCircuitAsync(_site, circuit, "now() + interval '1 minute'");

        await _database.ExecuteAsync("select increment_provider_upload_metrics($1, 'google_ads', 1, 1, 0, 0)", _site);

        var site = (await _reader.ReadAsync(default)).Sites.Single();

        Assert.That(site.Need, Is.EqualTo(expected));
        if (expected == SiteNeed.NotCorrected)
            Assert.That((site.RowsInNeed, site.Cause?.Code), Is.EqualTo((1L, status == "FAILED" ? code : null)));
        Assert.That(await GaugeAsync("opsmantik.sites.uncorrected"), Is.EqualTo(expected == SiteNeed.NotCorrected ? 1 : 0));
        Assert.That(await GaugeAsync("opsmantik.corrections.waiting"), Is.EqualTo(status is "QUEUED" or "RETRY" ? 1 : 0));
    }

    [Test]
    public async Task Without_credentials_a_waiting_correction_needs_nobody_yet()
    {
        await AddAsync("QUEUED", hours: 31);
        await _database.ExecuteAsync("delete from provider_credentials");

        Assert.That((await _reader.ReadAsync(default)).Sites.Single().Need, Is.EqualTo(SiteNeed.Nothing));
        Assert.That(await GaugeAsync("opsmantik.sites.uncorrected"), Is.Zero);
    }

    [Test]
    public async Task A_sites_report_lists_its_last_corrections_and_nobody_elses()
    {
        for (var hours = 1; hours <= StatusReader.MaxOfSite + 5; hours++)
            await AddAsync("FAILED", "CORRECTION_NOT_TAKEN", hours);
        await AddAsync("COMPLETED", "COUNT_STAYS", kind: "RETRACT");
        var other = await _database.AddSiteAsync();
        await AddAsync("QUEUED", site: other);

        var corrections = (await _reader.ReadSiteAsync(_site, "google_ads", default))!.Corrections;

        Assert.That(corrections, Has.Count.EqualTo(StatusReader.MaxOfSite).And.Ordered.Descending.By(nameof(StatusCorrection.At)));
        Assert.That((corrections[0].Value, corrections[0].Meaning!.Code), Is.EqualTo(((string?)null, "COUNT_STAYS")));
        Assert.That(corrections[1].Value, Is.EqualTo("₺70.00"));
        Assert.That((await _reader.ReadSiteAsync(other, "google_ads", default))!.Corrections, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Of_very_many_corrections_only_indexes_are_read()
    {
        await _database.ExecuteAsync(
            """
            set session_replication_role = replica;
            insert into conversion_corrections (site_id, provider_key, row_id, kind, corrected_at, status, created_at, updated_at)
            select $1, 'google_ads', gen_random_uuid(), 'RETRACT', now(),
                   case when n % 1000 = 0 then 'FAILED' when n % 1001 = 0 then 'QUEUED' else 'COMPLETED' end, t.at, t.at
            from generate_series(1, 50000) as n
            cross join lateral (select now() - n * interval '30 minutes' as at) t
            """.Replace("$1", $"'{_site}'", StringComparison.Ordinal));
        await _database.ExecuteAsync("vacuum analyze conversion_corrections");

        foreach (var site in (Guid?[])[null, _site])
        {
            var statement = StatusReader.SitesOf(site);
            await using var command = _worker.CreateCommand("explain (format json) " + statement.CommandText);
            foreach (var parameter in statement.Parameters.Cast<NpgsqlParameter>())
                command.Parameters.Add(parameter.Clone());
            using var plan = JsonDocument.Parse((string)(await command.ExecuteScalarAsync())!);
            var scans = Nodes(plan.RootElement[0].GetProperty("Plan"))
                .Where(node => node.Relation == "conversion_corrections").Select(node => node.Type).ToList();
            Assert.That(scans, Has.Count.GreaterThan(2).And.None.EqualTo("Seq Scan"));
        }
    }

    private static IEnumerable<(string Type, string? Relation)> Nodes(JsonElement node)
    {
        yield return (
            node.GetProperty("Node Type").GetString()!,
            node.TryGetProperty("Relation Name", out var relation) ? relation.GetString() : null);
        if (!node.TryGetProperty("Plans", out var children))
            yield break;
        foreach (var below in children.EnumerateArray().SelectMany(Nodes))
            yield return below;
    }

    /// <returns>The row that is corrected.</returns>
    private async Task<Guid> AddAsync(
        string status, string? code = null, int hours = 0, string kind = "RESTATE", Guid? row = null, Guid? site = null)
    {
        var of = site ?? _site;
        row ??= (await _database.EnqueueAsync(of, 1, $"r{Guid.NewGuid()}", "COMPLETED")).Single();
        await _database.ExecuteAsync(
            """
            insert into conversion_corrections
                (site_id, provider_key, row_id, kind, value_cents, currency, corrected_at, status, provider_error_code, created_at, updated_at)
            select $1, 'google_ads', $2, $3, case $3 when 'RESTATE' then 7000 end, case $3 when 'RESTATE' then 'TRY' end, now(), $4,
                   nullif($5, ''), t.at, t.at
            from (select now() - $6 * interval '1 hour' as at) t
            """, of, row.Value, kind, status, code ?? "", hours);
        return row.Value;
    }

    private async Task<double> GaugeAsync(string name)
    {
        var (instruments, meters) = TestInstruments.NewWithMeters(TimeProvider.System);
        using var metrics = new RecordedMetrics(meters);
        var ticks = new WorkerTicks(_worker, NullLogger<WorkerTicks>.Instance);
        await new BacklogSnapshot(_worker, instruments, ticks, NullLogger<BacklogSnapshot>.Instance)
            .TakeAsync(["google_ads"], corrected: true, default);
        return metrics.Of(name)["provider=google_ads"];
    }
}
