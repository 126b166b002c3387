using Npgsql;
using OpsMantik.Core.Operations;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Operations;

internal sealed class RequeueingTests
{
    private TestDatabase _database = null!;
    private NpgsqlDataSource _worker = null!;
    private Requeueing _requeueing = null!;
    private Guid _site;

    [SetUp]
    public async Task ArrangeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _worker = NpgsqlDataSource.Create(_database.OperatorConnectionString);
        _requeueing = new Requeueing(_worker);
        _site = await _database.AddSiteAsync();
    }

    [TearDown]
    public async Task CleanAsync()
    {
        await _worker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task A_failed_row_starts_anew_and_keeps_the_memory_that_it_may_have_been_sent()
    {
        await FailAsync(await _database.EnqueueAsync(_site, 3), "AUTH", "INVALID_GRANT");

        var rows = await _requeueing.RequeueAsync(Failed(), "ops@example", CancellationToken.None);

        Assert.That(rows, Is.EqualTo(3));
        Assert.That(
            await _database.ScalarAsync<long>(
                """
                select count(*) from offline_conversion_queue
                where status = 'QUEUED' and retry_count = 0 and next_retry_at is null and last_error is null
                  and provider_error_code is null and provider_error_category is null and claim_count = 2
                """),
            Is.EqualTo(3));
        Assert.That(
            await _database.ScalarAsync<string>(
                "select concat_ws('|', actor, action, row_count, site_id, details ->> 'status') from operator_audit"),
            Is.EqualTo($"ops@example|requeue|3|{_site}|FAILED"));
    }

    [Test]
    public async Task Only_what_the_filter_names_is_touched_and_the_preview_counts_the_same()
    {
        var other = await _database.AddSiteAsync();
        await FailAsync(await _database.EnqueueAsync(_site, 2, "auth"), "AUTH", "INVALID_GRANT");
        await FailAsync(await _database.EnqueueAsync(_site, 4, "data"), "VALIDATION", "INVALID_PAYLOAD");
        await FailAsync(await _database.EnqueueAsync(other, 8, "other"), "AUTH", "INVALID_GRANT");
        var filter = Failed() with { Category = "AUTH" };

        var preview = await _requeueing.PreviewAsync(filter, CancellationToken.None);
        var rows = await _requeueing.RequeueAsync(filter, "ops", CancellationToken.None);

        Assert.That(preview, Is.EqualTo(new[] { new RequeueLine("FAILED", "AUTH", "INVALID_GRANT", 2) }));
        Assert.That(rows, Is.EqualTo(2));
        Assert.That(
            await _database.ScalarAsync<long>("select count(*) from offline_conversion_queue where status = 'FAILED'"),
            Is.EqualTo(12));
    }

    [Test]
    public async Task More_rows_than_a_chunk_are_requeued_and_each_chunk_has_its_line_in_the_audit()
    {
        await FailAsync(await _database.EnqueueAsync(_site, 45_000), "AUTH", "INVALID_GRANT");

        Assert.That(await _requeueing.RequeueAsync(Failed(), "ops", CancellationToken.None), Is.EqualTo(45_000));

        Assert.That(
            await _database.ScalarAsync<string>("select string_agg(row_count::text, ' ' order by row_count desc) from operator_audit"),
            Is.EqualTo("20000 20000 5000"));
    }

    [Test]
    public async Task Since_leaves_older_failures_alone()
    {
        await FailAsync(await _database.EnqueueAsync(_site, 5, "old"), "AUTH", "INVALID_GRANT");
        await _database.ExecuteAsync("update offline_conversion_queue set updated_at = now() - interval '2 days'");
        await FailAsync(await _database.EnqueueAsync(_site, 1, "new"), "AUTH", "INVALID_GRANT");

        var rows = await _requeueing.RequeueAsync(
            Failed() with { Since = TimeProvider.System.GetUtcNow().AddDays(-1) }, "ops", CancellationToken.None);

        Assert.That(rows, Is.EqualTo(1));
    }

    [TestCase("QUEUED")]
    [TestCase("PROCESSING")]
    [TestCase("SUBMITTED")]
    [TestCase("COMPLETED")]
    public void Rows_in_flight_and_completed_ones_without_a_sale_are_refused(string status) =>
        Assert.That(
            async () => await _requeueing.RequeueAsync(
                new RequeueFilter { Status = status, SiteId = _site }, "ops", CancellationToken.None),
            Throws.ArgumentException);

    [Test]
    public async Task A_completed_row_is_sent_again_for_a_sale_that_is_named()
    {
        await _database.EnqueueAsync(_site, 2, status: "COMPLETED");
        var sale = await _database.ScalarAsync<Guid>("select sale_id from offline_conversion_queue limit 1");

        var rows = await _requeueing.RequeueAsync(
            new RequeueFilter { Status = "COMPLETED", SaleIds = [sale] }, "ops", CancellationToken.None);

        Assert.That(rows, Is.EqualTo(1));
        Assert.That(
            await _database.ScalarAsync<string>("select status from offline_conversion_queue where sale_id = $1", sale),
            Is.EqualTo("QUEUED"));
    }

    [Test]
    public async Task Nobody_changes_the_audit_not_even_a_superuser_by_accident()
    {
        await _requeueing.RequeueAsync(Failed(), "ops", CancellationToken.None);

        foreach (var sql in (string[])["update operator_audit set actor = 'x'", "delete from operator_audit", "truncate operator_audit"])
        {
            Assert.That(
                async () => await _database.ExecuteAsync(sql),
                Throws.TypeOf<PostgresException>().With.Message.Contains("append-only"), sql);
        }
    }

    private RequeueFilter Failed() => new() { Status = "FAILED", SiteId = _site };

    private Task<int> FailAsync(Guid[] ids, string category, string code) => _database.ExecuteAsync(
        """
        update offline_conversion_queue
        set status = 'FAILED', retry_count = 7, claim_count = 2, last_error = 'said Google',
            provider_error_category = $2, provider_error_code = $3
        where id = any ($1)
        """, ids, category, code);
}
