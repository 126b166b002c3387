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
            new("0001_first.sql", "create table first (id int)"), new("0002_busy.sql", "alter table busy add column more int"),
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
        await transaction.DisposeAsync();

        Assert.That(await migration, Is.EqualTo(new[] { "0001_first.sql", "0002_busy.sql" }));
    }

    [Test]
    public async Task A_failing_script_is_named_and_rolled_back()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await database.ExecuteAsync("create table provider_health_state (wrong int)");

        var exception = Assert.Throws<MigrationException>(() => SchemaMigrator.Migrate(database.AdminConnectionString));

        Assert.That(exception!.Message, Does.StartWith("Migration 0003_circuit.sql failed and was rolled back"));
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
