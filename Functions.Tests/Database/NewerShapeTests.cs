using OpsMantik.Core.Database;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Status;
using OpsMantik.Functions.Tests.Cli;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Database;

/// <summary>A whole worker on the dashboard's database of May 2026: its sales are uploaded, its calls stay as they are.</summary>
internal sealed class NewerShapeTests
{
    private const string Site = "5e000000-0000-0000-0000-000000000002";

    // What is ours in a row is left out: the columns that migrate adds.
    private const string CallsSql =
        """
        select string_agg(
            (to_jsonb(q) - array['claim_token', 'claim_count', 'submitted_at', 'request_index', 'action_key', 'conversion_time_shift'])::text,
            e'\n' order by q.id)
        from offline_conversion_queue q
        where q.sale_id is null
        """;

    private const string OursSql =
        "select string_agg(concat_ws(' ', gclid, status), ', ' order by gclid) from offline_conversion_queue where sale_id is not null";

    private TestDatabase _database = null!;
    private GoogleEmulator _google = null!;
    private string _calls = null!;

    [SetUp]
    public async Task JoinAsync()
    {
        _database = await TestDatabase.CreateNewerShapeAsync();
        _google = await GoogleEmulator.StartAsync();
        _calls = (await _database.ScalarAsync<string>(CallsSql))!;
        SchemaMigrator.Migrate(_database.AdminConnectionString);
        await _database.AddCredentialsAsync(Worker.Vault, Guid.Parse(Site));
    }

    [TearDown]
    public async Task DropAsync()
    {
        await _google.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task Its_sales_are_uploaded_and_written_back_and_its_calls_stay_as_they_are()
    {
        await using var worker = NewWorker();
        var summary = await worker.UploadAsync();
        var recovered = await worker.RecoverAsync();

        Assert.That((summary.Completed, summary.Failed, summary.Retry, recovered), Is.EqualTo((2, 0, 0, 0)));
        Assert.That(_google.Conversions, Has.Count.EqualTo(2));
        Assert.That(
            await _database.ScalarAsync<string>(OursSql),
            Is.EqualTo("sale-1001 COMPLETED, sale-1002 COMPLETED, sale-1003 FAILED, sale-1004 BLOCKED_PRECEDING_SIGNALS"));
        Assert.That(await _database.ScalarAsync<string>(CallsSql), Is.EqualTo(_calls));
        Assert.That(await DatabaseFaultAsync(_database.WorkerConnectionString), Is.Null);
    }

    [Test]
    public async Task A_stuck_sale_is_recovered_and_what_failed_for_a_while_is_sent_again()
    {
        await using var worker = NewWorker();
        _google.SetBehaviour(null, CallBehaviour.ServerError());
        Assert.That((await worker.UploadAsync()).Retry, Is.EqualTo(2));
        await _database.ExecuteAsync("update offline_conversion_queue set next_retry_at = now() where sale_id is not null and status = 'RETRY'");
        // As a worker that died leaves it.
        await _database.ExecuteAsync("update offline_conversion_queue set status = 'PROCESSING', claim_token = gen_random_uuid() where gclid = 'sale-1001'");
        await _database.ExecuteAsync("update offline_conversion_queue set claimed_at = now() - interval '1 hour' where gclid = 'sale-1001'");
        _google.SetBehaviour(null, CallBehaviour.Normal);

        Assert.That(await worker.RecoverAsync(), Is.EqualTo(1));
        Assert.That((await worker.UploadAsync()).Completed, Is.EqualTo(2));
        Assert.That(_google.Conversions, Has.Count.EqualTo(2), "nothing twice");
        Assert.That(await _database.ScalarAsync<string>(CallsSql), Is.EqualTo(_calls));
    }

    [Test]
    public async Task A_canceled_sale_is_retracted_and_one_that_the_dashboard_holds_back_is_not_counted_among_ours()
    {
        await using var worker = NewWorker();
        await worker.UploadAsync();
        await _database.ExecuteAsync("update sales set status = 'CANCELED' where amount_cents = 1001");
        await _database.ExecuteAsync("update sales set amount_cents = 9999 where amount_cents = 1004");

        Assert.That((await worker.UploadAsync()).Corrected, Is.EqualTo(1));
        Assert.That(_google.Conversions.Count(one => one.IsRetracted), Is.EqualTo(1));
        var site = (await worker.Get<StatusReader>().ReadAsync(CancellationToken.None)).Sites.Single();
        Assert.That((site.Waiting, site.Failed, site.Processing, site.Corrections.Waiting), Is.EqualTo((0, 1, 0, 0)));

        // The dashboard lets it go: it is sent with the value that the sale has now.
        await _database.ExecuteAsync("update offline_conversion_queue set status = 'QUEUED' where gclid = 'sale-1004'");
        await worker.UploadAsync();
        await worker.UploadAsync();
        Assert.That(_google.Conversions.Select(one => one.Value), Does.Contain(99.99m));
    }

    [Test]
    public async Task Requeue_and_circuit_touch_sales_alone_whoever_asks()
    {
        await using var worker = NewWorker();
        var filter = new RequeueFilter { Status = "FAILED", ProviderKey = "google_ads", SiteId = Guid.Parse(Site) };
        Assert.That(await worker.Get<Requeueing>().RequeueAsync(filter, "ops", CancellationToken.None), Is.EqualTo(1));
        _google.SetBehaviour(null, CallBehaviour.ServerError());
        await worker.UploadAsync();
        var circuits = worker.Get<CircuitControl>();
        await circuits.IsolateAsync(Guid.Parse(Site), "google_ads", "ops", CancellationToken.None);
        await _database.ExecuteAsync("update offline_conversion_queue set next_retry_at = now() where sale_id is not null and status = 'RETRY'");
        await worker.UploadAsync();

        Assert.That(await circuits.CloseAsync(Guid.Parse(Site), "google_ads", "ops", CancellationToken.None), Is.EqualTo(3), "rows that wait as RETRY");
        var (exitCode, output, error) = await CliProcess.RunAsync(_database.AdminConnectionString, ["requeue", "--all-sites", "--dry-run"]);
        Assert.That(output, Does.Contain("No rows match"), error);
        Assert.That(exitCode, Is.Zero);
        Assert.That(await _database.ScalarAsync<string>(CallsSql), Is.EqualTo(_calls));
    }

    [Test]
    public async Task What_is_enqueued_gets_the_dashboards_key_once()
    {
        await using var worker = NewWorker();
        ImportSale sale = new()
        {
            Line = 2,
            SiteId = Guid.Parse(Site),
            ExternalRef = "phone-1",
            ClickKind = "gclid",
            ClickId = "Cj0K",
            OccurredAt = TimeProvider.System.GetUtcNow().AddDays(-1),
            AmountCents = 1250,
            Currency = "TRY",
        };
        var import = worker.Get<SalesImport>();

        Assert.That(await import.EnqueueAsync([sale], "ops", null, CancellationToken.None), Is.EqualTo(1));
        Assert.That(await import.EnqueueAsync([sale], "ops", null, CancellationToken.None), Is.Zero);
        Assert.That(
            await _database.ScalarAsync<bool>("select enqueued from confirm_sale_and_enqueue('5b000000-0000-0000-0000-000000000005')"), Is.True);
        Assert.That(
            await _database.ScalarAsync<long>(
                """
                select count(*)
                from offline_conversion_queue
                where sale_id is not null
                  and external_id = 'oci_' || left(encode(sha256(convert_to('google_ads|purchase|' || sale_id || '||', 'UTF8')), 'hex'), 32)
                """),
            Is.EqualTo(6));
    }

    [Test]
    public async Task The_dashboard_goes_on_with_its_own_rows()
    {
        await _database.ExecuteAsync(
            """
            update offline_conversion_queue set status = 'PROCESSING', claimed_at = now() where gclid = 'call-1';
            update offline_conversion_queue set status = 'UPLOADED' where gclid = 'call-1';
            update offline_conversion_queue set status = 'COMPLETED_UNVERIFIED' where gclid = 'call-1';
            """);

        Assert.That(
            await _database.ScalarAsync<string>(
                "select concat_ws(' ', status, claimed_at is not null, claim_count) from offline_conversion_queue where gclid = 'call-1'"),
            Is.EqualTo("COMPLETED_UNVERIFIED t 0"), "as it wrote them");
        Assert.That(SchemaMigrator.Migrate(_database.AdminConnectionString), Is.Empty);
    }

    [Test]
    public async Task A_login_that_row_security_does_not_hold_may_not_work_here()
    {
        Assert.That(await DatabaseFaultAsync(_database.AdminConnectionString), Does.Contain("\"postgres\" sees rows of the queue that are the dashboard's own"));

        var settings = Worker.Settings(_google);
        var (exitCode, _, error) = await CliProcess.RunAsync(_database.AdminConnectionString, ["upload", "run"], settings);
        Assert.That(_google.Calls, Is.Empty);
        var doctor = await CliProcess.RunAsync(_database.WorkerConnectionString, ["doctor"], settings);

        Assert.That(exitCode, Is.EqualTo(2), error);
        Assert.That(error, Does.Contain("Nothing was done: The database login \"postgres\" sees rows"));
        Assert.That(doctor.Output, Does.Contain("ok    other rows     11 of calls, 1 of sales in the dashboard's own statuses"));
        Assert.That(doctor.Output, Does.Contain("ok    schema"));
    }

    [Test]
    public async Task A_dashboard_that_changes_its_tables_again_is_joined_again()
    {
        await _database.ExecuteAsync(
            """
            drop policy opsmantik_sales_only on offline_conversion_queue;
            alter table offline_conversion_queue
                drop constraint offline_conversion_queue_status_check,
                add constraint offline_conversion_queue_status_check check (status <> 'WRONG');
            """);
        Assert.That(await DatabaseFaultAsync(_database.WorkerConnectionString), Does.Contain("policy opsmantik_sales_only is missing"));

        Assert.That(SchemaMigrator.Migrate(_database.AdminConnectionString), Is.EqualTo(new[] { PendingMigration.JoinStep }));
        Assert.That(SchemaMigrator.Migrate(_database.AdminConnectionString), Is.Empty);
        Assert.That(await DatabaseFaultAsync(_database.WorkerConnectionString), Is.Null);
    }

    private Worker NewWorker() => new(_database, _google, null);

    private static async Task<string?> DatabaseFaultAsync(string connection)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(connection);
        return (await new DatabaseCheck(source).CheckAsync(CancellationToken.None)).Fault;
    }
}
