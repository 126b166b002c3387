using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Status;
using OpsMantik.Core.Vault;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.StatusPage;

internal sealed class StatusReaderTests
{
    private TestDatabase _database = null!;
    private NpgsqlDataSource _worker = null!;
    private StatusReader _reader = null!;
    private Guid _site;

    [SetUp]
    public async Task CreateAsync()
    {
        _database = await TestDatabase.CreateAsync();
        // As the app connects: what the page reads must be within the worker's rights.
        _worker = NpgsqlDataSource.Create(_database.WorkerConnectionString);
        _reader = new StatusReader(_worker, Currencies.Default);
        _site = await _database.AddSiteAsync();
    }

    [TearDown]
    public async Task DropAsync()
    {
        await _worker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task An_empty_database_gives_an_empty_report()
    {
        var report = await _reader.ReadAsync(default);

        Assert.That(report.TakenAt, Is.EqualTo(await _database.ScalarAsync<DateTime>("select now()")).Within(TimeSpan.FromMinutes(1)));
        Assert.That(
            (report.Sites.Count, report.Hours.Count, report.Samples.Count, report.Failures.Count, report.LastHour.Count,
                report.Ticks.Count, report.Providers.Count),
            Is.EqualTo((0, 0, 0, 0, 0, 0, 0)));
    }

    [Test]
    public async Task Nothing_of_a_report_is_compiled_and_all_that_follows_it_on_the_connection_may_be()
    {
        await using var connection = await _worker.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand(StatusReader.OpeningSql), new NpgsqlBatchCommand("show jit") } };
        await using (var reader = await batch.ExecuteReaderAsync())
        {
            await reader.NextResultAsync();
            await reader.ReadAsync();
            Assert.That(reader.GetString(0), Is.EqualTo("off"));
        }

        await using var after = new NpgsqlCommand("show jit", connection);
        Assert.That(await after.ExecuteScalarAsync(), Is.EqualTo("on"));
    }

    [Test]
    public async Task Every_status_is_counted_by_site()
    {
        await _database.EnqueueAsync(_site, 3);
        await _database.EnqueueAsync(_site, 2, "r", "RETRY");
        await _database.EnqueueAsync(_site, 4, "f", "FAILED");
        await _database.EnqueueAsync(_site, 5, "p", "PROCESSING");
        await _database.EnqueueAsync(_site, 6, "s", "SUBMITTED");
        await _database.EnqueueAsync(_site, 7, "c", "COMPLETED");
        await _database.ExecuteAsync("select increment_provider_upload_metrics($1, 'google_ads', 7, 7, 0, 0)", _site);
        await _database.EnqueueAsync(await _database.AddSiteAsync(), 1);

        var report = await _reader.ReadAsync(default);

        var site = report.Sites.Single(state => state.SiteId == _site);
        Assert.That(
            (site.Waiting, site.Retry, site.Failed, site.FailedToday, site.Processing, site.Submitted, site.Completed),
            Is.EqualTo((5L, 2L, 4L, 4L, 5L, 6L, 7L)));
        Assert.That(site.OldestAt, Is.EqualTo(report.TakenAt.AddDays(-1)).Within(TimeSpan.FromMinutes(1)));
        var total = report.Providers.Single();
        Assert.That((total.Sites, total.Waiting, total.Failed, total.Completed), Is.EqualTo((2L, 6L, 4L, 7L)));
        Assert.That(report.Backlogs[0].SiteId, Is.EqualTo(_site));
    }

    [Test]
    public async Task A_site_without_credentials_needs_a_person()
    {
        await _database.EnqueueAsync(_site);

        Assert.That(await NeedAsync(), Is.EqualTo(SiteNeed.NoCredentials));
    }

    [TestCase("AUTH", "INVALID_GRANT", "FAILED", 1, SiteNeed.Revoked)]
    [TestCase("AUTH", "INVALID_GRANT", "FAILED", -1, SiteNeed.Requeue)]
    [TestCase("CONFIGURATION", "UNSUPPORTED_VERSION", "RETRY", 1, SiteNeed.Parked)]
    [TestCase("VALIDATION", "CLICK_NOT_FOUND", "FAILED", 1, SiteNeed.Failing)]
    [TestCase("TRANSIENT", "HTTP_503", "RETRY", 1, SiteNeed.Nothing)]
    public async Task What_a_site_needs_is_told_by_its_rows_and_its_last_batch(
        string category, string code, string status, int minutesAfterCredentials, SiteNeed expected)
    {
        await AddCredentialsAsync();
        await _database.EnqueueAsync(_site, 2, status: status);
        await _database.ExecuteAsync(
            "update offline_conversion_queue set provider_error_category = $1, provider_error_code = $2", category, code);
        await _database.ExecuteAsync(
            """
            insert into provider_upload_attempts
                (created_at, site_id, provider_key, batch_id, phase, claimed_count, completed_count, failed_count,
                 error_code, error_category)
            select c.updated_at + $2 * interval '1 minute', $1, 'google_ads', 'b', 'FINISHED', 2, 0,
                   case when $3 = 'FAILED' then 2 else 0 end, $4, $5
            from provider_credentials c
            """, _site, minutesAfterCredentials, status, code, category);

        var site = (await _reader.ReadAsync(default)).Sites.Single();

        Assert.That(site.Need, Is.EqualTo(expected));
        if (expected is SiteNeed.Revoked or SiteNeed.Parked)
            Assert.That(site.Cause!.Code, Is.EqualTo(code));
    }

    [TestCase("CONFIGURATION", "NO_CONVERSION_ACTION_FOUND", "RETRY", SiteNeed.Parked)]
    [TestCase("AUTH", "INVALID_GRANT", "FAILED", SiteNeed.Revoked)]
    public async Task The_cause_is_what_the_rows_in_need_say_whatever_else_the_last_batch_met(
        string category, string code, string status, SiteNeed expected)
    {
        await AddCredentialsAsync();
        await _database.EnqueueAsync(_site, 2, "need", status);
        await _database.ExecuteAsync(
            "update offline_conversion_queue set provider_error_category = $1, provider_error_code = $2", category, code);
        await _database.EnqueueAsync(_site, 1, "other", status);
        await _database.ExecuteAsync(
            """
            update offline_conversion_queue set provider_error_category = $1, provider_error_code = 'ANOTHER'
            where provider_error_code is null
            """, category);
        await _database.EnqueueAsync(_site, 30, "passing", "RETRY");
        await _database.ExecuteAsync(
            """
            update offline_conversion_queue set provider_error_category = 'TRANSIENT', provider_error_code = 'INTERNAL_ERROR'
            where provider_error_code is null
            """);
        await _database.ExecuteAsync(
            """
            insert into provider_upload_attempts
                (site_id, provider_key, batch_id, phase, claimed_count, completed_count, failed_count, error_code, error_category)
            values ($1, 'google_ads', 'b', 'FINISHED', 33, 0, 0, 'INTERNAL_ERROR', $2)
            """, _site, status == "FAILED" ? category : "TRANSIENT");

        var site = (await _reader.ReadAsync(default)).Sites.Single();

        Assert.That((site.Need, site.Cause?.Code), Is.EqualTo((expected, code)));
    }

    [TestCase("OPEN", "'infinity'", 5, SiteNeed.Isolated)]
    [TestCase("OPEN", "now()", 61, SiteNeed.CircuitOpen)]
    [TestCase("OPEN", "now()", 59, SiteNeed.Nothing)]
    [TestCase("CLOSED", "null", 99, SiteNeed.Nothing)]
    public async Task A_circuit_that_stays_open_needs_a_person(string state, string probe, int minutes, SiteNeed expected)
    {
        await AddCredentialsAsync();
        await _database.EnqueueAsync(_site);
        await _database.SetCircuitAsync(_site, state, probe);
        await _database.ExecuteAsync("update provider_health_state set opened_at = now() - $1 * interval '1 minute'", minutes);

        var report = await _reader.ReadAsync(default);

        Assert.That(report.Sites.Single().Need, Is.EqualTo(expected));
        Assert.That(report.Circuits, Has.Count.EqualTo(state == "CLOSED" ? 0 : 1));
    }

    [TestCase("now()")]
    [TestCase("'infinity'")]
    public async Task An_open_circuit_that_holds_nothing_back_needs_no_person(string probe)
    {
        await AddCredentialsAsync();
        await _database.SetCircuitAsync(_site, "OPEN", probe);
        await _database.SetCircuitAsync(Guid.NewGuid(), "OPEN", probe);
        await _database.ExecuteAsync("update provider_health_state set opened_at = now() - interval '2 days'");

        var report = await _reader.ReadAsync(default);

        Assert.That(report.InNeed, Is.Empty);
        Assert.That(report.Circuits, Has.Count.EqualTo(2), "they are listed all the same");

        await _database.EnqueueAsync(_site);
        Assert.That((await _reader.ReadAsync(default)).InNeed.Select(site => site.SiteId), Is.EqualTo(new[] { _site }));
    }

    [Test]
    public async Task The_gravest_need_comes_first()
    {
        var parked = await _database.AddSiteAsync();
        await AddCredentialsAsync(parked);
        await _database.EnqueueAsync(parked, 9, status: "RETRY");
        await _database.ExecuteAsync("update offline_conversion_queue set provider_error_category = 'CONFIGURATION'");
        await _database.EnqueueAsync(_site);

        Assert.That(
            (await _reader.ReadAsync(default)).InNeed.Select(site => site.Need),
            Is.EqualTo(new[] { SiteNeed.NoCredentials, SiteNeed.Parked }));
    }

    [Test]
    public async Task Outcomes_are_summed_by_hour_and_failures_by_code()
    {
        await _database.ExecuteAsync(
            """
            insert into provider_upload_attempts
                (created_at, site_id, provider_key, batch_id, phase, completed_count, failed_count, retry_count)
            select date_trunc('hour', now()) - h.hours * interval '1 hour', $1, 'google_ads', 'b', h.phase, 3, 2, 1
            from (values (0, 'FINISHED'), (0, 'FINISHED'), (0, 'STARTED'), (2, 'FINISHED'), (30, 'FINISHED')) as h (hours, phase)
            """, _site);
        await _database.EnqueueAsync(_site, 3, status: "FAILED");
        await _database.ExecuteAsync(
            "update offline_conversion_queue set provider_error_code = 'EXPIRED_EVENT', provider_error_category = 'VALIDATION'");

        var report = await _reader.ReadAsync(default);

        Assert.That(
            report.Hours.Select(hour => (hour.Completed, hour.Failed, hour.Retry)),
            Is.EqualTo(new[] { (3L, 2L, 1L), (6L, 4L, 2L) }));
        Assert.That(report.LastHour.Single(), Is.EqualTo(new FailureCount("VALIDATION", "EXPIRED_EVENT", 3, 1)));
        Assert.That(report.Failures, Has.Count.EqualTo(3).And.All.Matches<FailedRow>(row => row.Meaning.Code == "EXPIRED_EVENT"));
    }

    [Test]
    public async Task A_job_that_ended_well_is_on_record_and_one_that_threw_is_not()
    {
        var ticks = new WorkerTicks(_worker, NullLogger<WorkerTicks>.Instance);
        Assert.That(await ticks.AfterAsync(WorkerTicks.Upload, Task.FromResult(7)), Is.EqualTo(7));
        await ticks.AfterAsync(WorkerTicks.Upload, Task.FromResult(8));
        Assert.ThrowsAsync<InvalidOperationException>(() =>
            ticks.AfterAsync(WorkerTicks.Recovery, Task.FromException<int>(new InvalidOperationException())));

        Assert.That((await _reader.ReadAsync(default)).Ticks.Select(tick => tick.Job), Is.EqualTo(new[] { "upload" }));
    }

    [Test]
    public async Task A_sites_report_has_its_rows_and_its_ledger_and_nobody_elses()
    {
        await _database.EnqueueAsync(await _database.AddSiteAsync(), 5);
        var failed = await _database.EnqueueAsync(_site, 1, "f", "FAILED");
        await _database.EnqueueAsync(_site, 40);
        await _database.EnqueueAsync(_site, 2, "c", "COMPLETED");
        await _database.ExecuteAsync(
            """
            insert into provider_upload_attempts (site_id, provider_key, batch_id, phase, claimed_count, failed_count)
            values ($1, 'google_ads', 'b', 'FINISHED', 1, 1), ($1, 'google_ads', 'b', 'STARTED', 1, null)
            """, _site);

        var report = await _reader.ReadSiteAsync(_site, "google_ads", default);

        Assert.That(report!.State.Waiting, Is.EqualTo(40));
        Assert.That(report.Rows[0].Id, Is.EqualTo(failed[0]));
        Assert.That(report.Rows, Has.Count.EqualTo(1 + StatusReader.MaxOfSite));
        Assert.That(report.Rows.Select(row => row.NextRetryAt), Has.All.Null, "none waits for a time");
        Assert.That(report.Ledger.Single().Failed, Is.EqualTo(1));
        Assert.That(await _reader.ReadSiteAsync(Guid.NewGuid(), "google_ads", default), Is.Null);
    }

    private async Task<SiteNeed> NeedAsync() => (await _reader.ReadAsync(default)).Sites.Single().Need;

    private async Task AddCredentialsAsync(Guid? site = null)
    {
        await _database.AddCredentialsAsync(new CredentialVault(VaultKeyRing.Parse(Testbed.BulkSeed.VaultKey, null)), site ?? _site);
        await _database.ExecuteAsync("update provider_credentials set updated_at = now() - interval '10 minutes'");
    }
}
