using DbUp.Engine;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Database;

internal sealed class MigrationTests
{
    private static readonly string[] Steps = [.. Migrations.Names, .. TableIndex.All.Select(index => index.Step)];

    [Test]
    public async Task An_empty_database_gets_every_script_and_a_second_time_none()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();

        var first = SchemaMigrator.Migrate(database.AdminConnectionString);
        var second = SchemaMigrator.Migrate(database.AdminConnectionString);

        Assert.Multiple(() =>
        {
            Assert.That(first, Is.EqualTo(Steps));
            Assert.That(first[0], Is.EqualTo("0001_application.sql"));
            Assert.That(second, Is.Empty);
        });
    }

    [Test]
    public async Task Rows_that_waited_until_infinity_are_due_again()
    {
        await using var database = await TestDatabase.CreateAsync();
        var rows = await database.EnqueueAsync(await database.AddSiteAsync(), 3);
        await database.ExecuteAsync(
            "update offline_conversion_queue set next_retry_at = 'infinity', last_error = 'CIRCUIT_OPEN' where id = $1", rows[0]);
        await database.ExecuteAsync(
            "update offline_conversion_queue set next_retry_at = 'infinity', last_error = 'by hand' where id = $1", rows[1]);

        await database.ExecuteAsync(Migrations.Read("0002_queue.sql"));

        Assert.That(
            await database.ScalarAsync<Guid[]>("select array_agg(id) from offline_conversion_queue where next_retry_at = 'infinity'"),
            Is.EqualTo((Guid[])[rows[1]]));
    }

    [Test]
    public async Task Two_migrations_at_once_take_turns()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();

        var runs = await Task.WhenAll(Enumerable.Range(0, 2)
            .Select(_ => Task.Run(() => SchemaMigrator.Migrate(database.AdminConnectionString))));

        Assert.That(runs.SelectMany(run => run), Is.EqualTo(Steps));
    }

    [Test]
    public void No_number_is_used_twice()
    {
        var numbers = Migrations.Names.Select(name => int.Parse(name[..4])).ToArray();

        // A gap does no harm: a script runs because its own name is not in the journal yet.
        Assert.That(numbers, Is.Unique.And.Ordered);
    }

    [Test]
    public async Task Through_a_pooler_nothing_is_migrated()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        using var pooler = new PoolerGreeting(database.AdminConnectionString);

        var exception = Assert.Throws<MigrationException>(() => SchemaMigrator.Migrate(pooler.ConnectionString));

        Assert.That(exception!.Message, Does.StartWith("Nothing was migrated").And.Contain("pooler"));
        Assert.That(await database.ScalarAsync<bool>("select to_regclass('public.sites') is null"), Is.True);
    }

    [Test]
    public async Task A_script_behind_a_long_reader_lets_others_pass_and_is_done_when_the_reader_is()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await database.ExecuteAsync("create table busy (id int)");
        SqlScript[] scripts =
        [
            new("8001_first.sql", "create table first (id int)"), new("8002_busy.sql", "alter table busy add column more int"),
        ];
        await using var session = await database.Admin.OpenConnectionAsync();
        var transaction = await session.BeginTransactionAsync();
        await using (var read = new NpgsqlCommand("select from busy", session, transaction))
            await read.ExecuteNonQueryAsync();

        var migration = Task.Run(() => SchemaMigrator.Migrate(database.AdminConnectionString, scripts));
        while (!await database.ScalarAsync<bool>("select exists (select from pg_locks where relation = 'busy'::regclass and not granted)"))
            await Task.Delay(10);
        // Behind a script that waits without end, each would wait for it.
        for (var times = 0; times < 5; times++)
            await database.ScalarAsync<long>("select count(*) from busy").WaitAsync(TimeSpan.FromSeconds(20));
        Assert.That(migration.IsCompleted, Is.False);
        Assert.That(await database.ScalarAsync<bool>("select to_regclass('first') is null"), Is.True, "all or nothing");
        await transaction.DisposeAsync();

        Assert.That(await migration, Is.EqualTo(new[] { "8001_first.sql", "8002_busy.sql" }));
    }

    [Test]
    public async Task A_failing_script_is_named_and_all_are_rolled_back()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await database.ExecuteAsync("create table provider_upload_requests (wrong int)");

        var exception = Assert.Throws<MigrationException>(() => SchemaMigrator.Migrate(database.AdminConnectionString));

        Assert.That(exception!.Message, Does.StartWith("Migration 0005_ledger.sql failed and was rolled back with all before it"));
        Assert.That(await database.ScalarAsync<string>(
            "select string_agg(relname, ',') from pg_class where relnamespace = 'public'::regnamespace"), Is.EqualTo("provider_upload_requests"));
        await database.ExecuteAsync("drop table provider_upload_requests");
        Assert.That(SchemaMigrator.Migrate(database.AdminConnectionString), Is.EqualTo(Steps));
    }

    [Test]
    public async Task A_server_that_takes_no_writes_is_refused()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await database.ExecuteAsync($"alter database {database.Name} set default_transaction_read_only = on");

        var exception = Assert.Throws<MigrationException>(() => SchemaMigrator.Migrate(database.AdminConnectionString));

        Assert.That(exception!.Message, Does.Contain("the server takes no writes"));
    }

    [Test]
    public async Task A_database_that_a_newer_program_migrated_is_left_to_it()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("insert into opsmantik_migrations (scriptname, applied) values ('9001_future.sql', now())");
        await database.ExecuteAsync("grant select on worker_ticks to public");
        List<string> told = [];

        Assert.That(SchemaMigrator.Migrate(database.AdminConnectionString, told.Add), Is.Empty);

        Assert.That(told, Is.EqualTo(new[] { "a newer program migrated this database: 9001_future.sql" }));
        Assert.That(await database.ScalarAsync<bool>("select has_table_privilege('public', 'worker_ticks', 'select')"), Is.True, "its rights are its own");
    }

    [Test]
    public async Task A_large_queue_is_searched_for_held_rows_by_an_index_that_is_gone_afterwards()
    {
        await using var database = await TestDatabase.CreateOlderShapeAsync();
        await database.ExecuteAsync(
            """
            set session_replication_role = replica;
            insert into offline_conversion_queue (sale_id, site_id, gclid, conversion_time, value_cents, status)
            select gen_random_uuid(), s.id, 'gclid-' || n, now(), n, case when n % 100 = 0 then 'QUEUED' else 'COMPLETED' end
            from sites s
            cross join generate_series(1, 100000) n;
            reset session_replication_role
            """);
        await database.ExecuteAsync("update offline_conversion_queue set next_retry_at = 'infinity', last_error = 'CIRCUIT_OPEN' where status = 'QUEUED'");
        List<string> told = [];

        var applied = SchemaMigrator.Migrate(database.AdminConnectionString, told.Add);

        Assert.That(told, Has.Some.EqualTo("index opsmantik_held_rows_idx: building it"));
        Assert.That(applied, Is.EqualTo(Migrations.Names.Concat(TableIndex.All.Select(index => index.Step))));
        Assert.That(await database.ScalarAsync<bool>("select to_regclass('opsmantik_held_rows_idx') is null"), Is.True);
        Assert.That(await database.ScalarAsync<long>("select count(*) from offline_conversion_queue where next_retry_at = 'infinity'"), Is.Zero);
    }

    [Test]
    public async Task A_login_outside_service_role_is_refused_with_the_fix()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("create role outsider login password 'CANARY-outsider'");
        try
        {
            var status = await CheckAsync(new NpgsqlConnectionStringBuilder(database.AdminConnectionString)
            {
                Username = "outsider",
                Password = "CANARY-outsider",
            }.ConnectionString);

            Assert.Multiple(() =>
            {
                Assert.That(status.Ready, Is.False);
                Assert.That(status.Fault, Does.Contain("grant service_role to \"outsider\""));
            });
        }
        finally
        {
            await database.ExecuteAsync("drop role outsider");
        }
    }

    [Test]
    public async Task A_schema_older_than_the_code_is_refused_with_the_fix()
    {
        await using var database = await TestDatabase.CreateAsync();
        var newest = Migrations.Names[^1];
        await database.ExecuteAsync("delete from opsmantik_migrations where scriptname = $1", newest);

        var status = await CheckAsync(database.WorkerConnectionString);

        Assert.That(status.Fault, Does.Contain($"{newest} is missing").And.Contain("opsmantik migrate"));
    }

    [Test]
    public async Task A_schema_newer_than_the_code_is_accepted()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(
            "insert into opsmantik_migrations (scriptname, applied) values ('9999_future.sql', now())");

        Assert.That((await CheckAsync(database.WorkerConnectionString)).Ready, Is.True);
    }

    [Test]
    public async Task An_empty_database_and_an_unreachable_one_have_different_faults()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await database.ExecuteAsync("select 1");

        var empty = await CheckAsync(database.AdminConnectionString);
        var absent = await CheckAsync(
            new NpgsqlConnectionStringBuilder(database.AdminConnectionString) { Port = 1 }.ConnectionString);

        Assert.Multiple(() =>
        {
            Assert.That(empty.Fault, Does.Contain("service_role").Or.Contain("no schema of this worker"));
            Assert.That(absent.Reachable, Is.False);
        });
    }

    private static async Task<DatabaseStatus> CheckAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        return await new DatabaseCheck(source).CheckAsync(CancellationToken.None);
    }
}
