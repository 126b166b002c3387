using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Testbed;

namespace OpsMantik.Functions.Tests.Database;

/// <summary>The migrations over a database that the dashboard already lives in.</summary>
internal sealed class OlderShapeTests
{
    private const string Fingerprint =
        """
        select md5(string_agg(concat_ws('|', id, site_id, sale_id, provider, provider_key, action, gclid,
                                        conversion_time, value_cents, currency, payload, status, attempt_count,
                                        retry_count, next_retry_at, last_error, provider_error_category, created_at,
                                        updated_at), ',' order by sale_id))
        from offline_conversion_queue
        """;

    private TestDatabase _database = null!;

    [SetUp]
    public async Task BuildAsync()
    {
        _database = await TestDatabase.CreateEmptyAsync();
        await _database.ExecuteAsync(OlderShape.Sql);
    }

    [TearDown]
    public async Task DropAsync() => await _database.DisposeAsync();

    [Test]
    public async Task Nothing_is_lost()
    {
        var before = await _database.ScalarAsync<string>(Fingerprint);
        SchemaMigrator.Migrate(_database.AdminConnectionString);

        Assert.Multiple(async () =>
        {
            Assert.That(await _database.ScalarAsync<string>(Fingerprint), Is.EqualTo(before));
            Assert.That(
                await _database.ScalarAsync<long>("select count(*) from sales where notes = 'kept'"), Is.EqualTo(5));
            Assert.That(
                await _database.ScalarAsync<long>("select attempts_total from provider_upload_metrics"), Is.EqualTo(10));
            Assert.That(
                await _database.ScalarAsync<string>(
                    "select new_status from confirm_sale_and_enqueue('5a000000-0000-0000-0000-000000000001')"),
                Is.EqualTo("the application's own"), "its function stays");
            Assert.That(
                await _database.ScalarAsync<string>(
                    """
                    select column_default from information_schema.columns
                    where table_name = 'offline_conversion_queue' and column_name = 'next_retry_at'
                    """),
                Is.EqualTo("now()"), "its inserts rely on the default");
        });
    }

    [Test]
    public async Task The_worker_runs_on_it()
    {
        SchemaMigrator.Migrate(_database.AdminConnectionString);
        await using var worker = NpgsqlDataSource.Create(_database.WorkerConnectionString);
        var queue = new ConversionQueue(worker, new Random(1), NullLogger<ConversionQueue>.Instance);

        await _database.ExecuteAsync(
            "alter table offline_conversion_queue disable trigger set_updated_at");
        await _database.ExecuteAsync(
            "update offline_conversion_queue set updated_at = now() - interval '1 hour' where status = 'PROCESSING'");
        await _database.ExecuteAsync("alter table offline_conversion_queue enable trigger set_updated_at");
        var recovered = await queue.RecoverAsync(15, CancellationToken.None);
        var group = (await queue.ClaimAsync(
            new ClaimRequest("google_ads", Guid.NewGuid(), 100, 100), CancellationToken.None)).Single();
        var counts = await queue.WriteBackAsync(
            group,
            [.. group.Jobs.Select(job => RetryPolicy.Apply(
                job.Id, 0, UploadOutcome.Postponed("PARKED", ErrorCategory.Configuration, "m", TimeSpan.FromHours(6)), null, 0))],
            CircuitSignal.TransientFailure, TimeSpan.Zero, TimeSpan.Zero, CancellationToken.None);

        Assert.Multiple(async () =>
        {
            Assert.That(recovered, Is.EqualTo(1));
            Assert.That(counts.Retry, Is.EqualTo(3), "queued, recovered and due for retry");
            Assert.That((await new DatabaseCheck(worker).CheckAsync(CancellationToken.None)).Ready, Is.True);
            Assert.That(
                await _database.ScalarAsync<int>("select failure_count from provider_health_state"), Is.EqualTo(3));
            Assert.That(
                await _database.ScalarAsync<string>(
                    "select string_agg(status, ',' order by status) from offline_conversion_queue"),
                Is.EqualTo("COMPLETED,FAILED,RETRY,RETRY,RETRY"));
        });
    }

    [TestCase("new.status = 'COMPLETED'", "FAILED")]
    [TestCase("new.status <> 'PROCESSING'", "PROCESSING")]
    public async Task A_row_that_cannot_be_written_back_ends_alone(string refused, string status)
    {
        SchemaMigrator.Migrate(_database.AdminConnectionString);
        await using var worker = NpgsqlDataSource.Create(_database.WorkerConnectionString);
        var queue = new ConversionQueue(worker, new Random(1), NullLogger<ConversionQueue>.Instance);
        var group = (await queue.ClaimAsync(
            new ClaimRequest("google_ads", Guid.NewGuid(), 100, 100), CancellationToken.None)).Single();
        var bad = group.Jobs[0].Id;
        await _database.ExecuteAsync(
            $"""
            create function refuse() returns trigger language plpgsql set search_path = '' as $$
            begin
                raise exception 'refused';
            end
            $$;
            create trigger refuse before update on offline_conversion_queue
                for each row when (old.id = '{bad}' and {refused}) execute function refuse();
            """);

        await queue.EndRefusedAsync(group, bad, "P0001", CancellationToken.None);
        await _database.ExecuteAsync("alter table offline_conversion_queue disable trigger set_updated_at");
        await _database.ExecuteAsync(
            "update offline_conversion_queue set claimed_at = now() - interval '1 hour' where status = 'PROCESSING'");
        var recovered = await queue.RecoverAsync(15, CancellationToken.None);

        Assert.That(recovered, Is.EqualTo(group.Jobs.Count), "its neighbours, and one of the dashboard's own");
        Assert.That(
            await _database.ScalarAsync<string>("select status from offline_conversion_queue where id = $1", bad), Is.EqualTo(status));
        Assert.That(
            await _database.ScalarAsync<long>("select count(*) from offline_conversion_set_aside"), Is.EqualTo(status == "FAILED" ? 0 : 1));
    }

    [Test]
    public async Task An_operators_sales_are_enqueued_once()
    {
        SchemaMigrator.Migrate(_database.AdminConnectionString);
        await using var operators = NpgsqlDataSource.Create(_database.OperatorConnectionString);
        var site = await _database.ScalarAsync<Guid>("select id from sites");
        var import = new SalesImport(operators);
        ImportSale sale = new()
        {
            Line = 2,
            SiteId = site,
            ExternalRef = "phone-1",
            ClickKind = "gclid",
            ClickId = "Cj0K",
            OccurredAt = new DateTimeOffset(2026, 11, 20, 7, 0, 0, TimeSpan.Zero),
            AmountCents = 1250,
            Currency = "TRY",
        };

        Assert.That(await import.EnqueueAsync([sale], "ops", null, CancellationToken.None), Is.EqualTo(1));
        Assert.That(await import.EnqueueAsync([sale], "ops", null, CancellationToken.None), Is.Zero);
        Assert.That(
            await _database.ScalarAsync<string>("select provider || '|' || action || '|' || status from offline_conversion_queue where gclid = 'Cj0K'"),
            Is.EqualTo("google_ads|purchase|QUEUED"));
    }

    [Test]
    public async Task The_web_roles_get_nothing_and_the_worker_sees_the_sites()
    {
        SchemaMigrator.Migrate(_database.AdminConnectionString);
        await using var worker = NpgsqlDataSource.Create(_database.WorkerConnectionString);
        await using var sites = worker.CreateCommand("select count(*) from sites");

        Assert.That(await sites.ExecuteScalarAsync(), Is.EqualTo(1));
        Assert.That(
            await _database.ScalarAsync<string[]>(
                """
                select coalesce(array_agg(r.rolname || ' ' || w.what), '{}')
                from unnest(array['anon', 'authenticated']) r (rolname)
                cross join lateral (
                    select c.relname::text
                    from pg_class c
                    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
                      and c.relname not in ('sites', 'conversations', 'sales')
                      and has_table_privilege(r.rolname, c.oid, 'select,insert,update,delete,truncate')
                    union all
                    select p.proname::text
                    from pg_proc p
                    where p.pronamespace = 'public'::regnamespace
                      and p.proname not in ('confirm_sale_and_enqueue', 'set_updated_at')
                      and has_function_privilege(r.rolname, p.oid, 'execute')
                ) w (what)
                """),
            Is.Empty);
    }
}
