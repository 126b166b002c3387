using System.Collections.Concurrent;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Database;

/// <summary>The steps of a migration that build indexes, beside old transactions, after failures and after kills.</summary>
internal sealed class IndexBuilderTests
{
    private const string First = "index sales_site_external_ref_key";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly string[] Indexes = [.. TableIndex.All.Select(index => index.Step)];

    private readonly ConcurrentQueue<string> _told = new();

    private TestDatabase _database = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        _told.Clear();
        _database = await TestDatabase.CreateOlderShapeAsync();
    }

    [TearDown]
    public async Task DropAsync() => await _database.DisposeAsync();

    [Test]
    public void Every_statement_of_the_file_is_a_step() => Assert.That(
        TableIndex.All.Select(index => index.Name).ToList(),
        Has.Count.EqualTo(10).And.Unique.And.All.EndsWith("_idx").Or.EndsWith("_key"));

    [Test]
    public async Task While_a_build_waits_the_application_reads_and_writes_and_the_operator_hears_for_whom_it_waits()
    {
        await using var report = await OpenOldTransactionAsync("select 1");
        var migration = MigrateAsync(Patience);
        await Eventually.TrueAsync(() => _told.Any(line => line.StartsWith($"{First}: waits for", StringComparison.Ordinal)), "it waits");

        Assert.That(_told, Has.Some.Contains($"process {report.Connection!.ProcessID} (login postgres, a report, idle in transaction, in a"));
        Assert.That(await _database.ScalarAsync<string[]>(
            """
            select array_agg(distinct l.mode)
            from pg_locks l
            where l.relation = 'sales'::regclass and l.pid in (select pid from pg_stat_progress_create_index)
            """), Is.EqualTo(new[] { "ShareUpdateExclusiveLock" }));
        await using (var application = await _database.Admin.OpenConnectionAsync())
        await using (var command = application.CreateCommand())
        {
            command.CommandText =
                """
                set lock_timeout = '5s';
                with sold as (
                    insert into sales (site_id, occurred_at, amount_cents, external_ref) select id, now(), 1, 'new' from sites returning *
                )
                insert into offline_conversion_queue (sale_id, site_id, conversion_time, value_cents)
                select id, site_id, now(), 1 from sold;
                update sales set notes = 'changed';
                update offline_conversion_queue set last_error = 'changed';
                reset lock_timeout
                """;
            await command.ExecuteNonQueryAsync();
        }

        Assert.That(migration.IsCompleted, Is.False);
        await report.CommitAsync();
        Assert.That(await migration, Is.EqualTo(Migrations.Names.Concat(Indexes)));
        Assert.That(await ReadStateAsync(), Is.EqualTo("10 of 10"));
    }

    [Test]
    public async Task A_build_that_waits_in_vain_names_the_transaction_and_the_next_migration_builds_it()
    {
        // A reader of the table itself: what the build left cannot be removed either.
        await using var report = await OpenOldTransactionAsync("select from sales");

        var exception = Assert.ThrowsAsync<MigrationException>(() => MigrateAsync(TimeSpan.FromSeconds(1)));

        Assert.That(exception!.Message, Does.StartWith($"Migration {First} failed and was undone: it waited 1 s for process")
            .And.Contain($"{report.Connection!.ProcessID}").And.Contain("run migrate again"));
        Assert.That(await ReadStateAsync(), Is.EqualTo("0 of 1"));
        await using var worker = NpgsqlDataSource.Create(_database.WorkerConnectionString);
        Assert.That(
            (await new DatabaseCheck(worker).CheckAsync(CancellationToken.None)).SchemaFault, Does.Contain("index offline_conversion_queue_due_idx is missing"));
        await report.CommitAsync();
        Assert.That(await MigrateAsync(Patience), Is.EqualTo(Indexes));
        Assert.That(await MigrateAsync(Patience), Is.Empty);
        Assert.That(await ReadStateAsync(), Is.EqualTo("10 of 10"));
        Assert.That((await new DatabaseCheck(worker).CheckAsync(CancellationToken.None)).Ready, Is.True);
    }

    [Test]
    public async Task A_build_whose_session_was_killed_is_built_again()
    {
        await using var report = await OpenOldTransactionAsync("select 1");
        var migration = MigrateAsync(Patience);
        await Eventually.TrueAsync(() => _told.Any(line => line.Contains("waits for process")), "it waits");

        await _database.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_progress_create_index");

        Assert.ThrowsAsync<MigrationException>(() => migration);
        Assert.That(await ReadStateAsync(), Is.EqualTo("0 of 1"));
        await report.CommitAsync();
        Assert.That(await MigrateAsync(Patience), Is.EqualTo(Indexes));
        Assert.That(await ReadStateAsync(), Is.EqualTo("10 of 10"));
    }

    [Test]
    public async Task A_second_migration_that_waits_for_its_turn_is_no_transaction_that_the_first_waits_for()
    {
        await using var report = await OpenOldTransactionAsync("select 1");
        var first = MigrateAsync(Patience);
        await Eventually.TrueAsync(() => _told.Any(line => line.Contains("waits for process")), "the first waits");
        var second = MigrateAsync(Patience);
        await Eventually.TrueAsync(() => _told.Any(line => line.Contains("waits for another migrate")), "the second waits");

        await report.CommitAsync();

        Assert.That(await first, Has.Count.EqualTo(Migrations.Names.Count + Indexes.Length));
        Assert.That(await second, Is.Empty);
    }

    [Test]
    public async Task Sales_that_share_a_reference_stop_the_migration_and_no_index_refuses_the_applications_rows()
    {
        await _database.ExecuteAsync("update sales set external_ref = 'same'");

        var exception = Assert.ThrowsAsync<MigrationException>(() => MigrateAsync(Patience));

        Assert.That(exception!.Message, Is.EqualTo(
            $"Migration {First} failed and was undone: could not create unique index \"sales_site_external_ref_key\" (23505)"));
        Assert.That(await ReadStateAsync(), Is.EqualTo("0 of 0"));
        Assert.That(await _database.ExecuteAsync("update sales set external_ref = id::text"), Is.EqualTo(5));
        Assert.That(await MigrateAsync(Patience), Is.EqualTo(Indexes));
    }

    private Task<IReadOnlyList<string>> MigrateAsync(TimeSpan patience) => Task.Run(() => SchemaMigrator.Migrate(
        _database.AdminConnectionString,
        SchemaMigrator.Scripts,
        TableIndex.All,
        patience,
        _told.Enqueue));

    private async Task<NpgsqlTransaction> OpenOldTransactionAsync(string sql)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(_database.AdminConnectionString) { ApplicationName = "a report" }.ConnectionString);
        await connection.OpenAsync();
        var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await command.ExecuteNonQueryAsync();
        return transaction;
    }

    private Task<string?> ReadStateAsync() => _database.ScalarAsync<string>(
        """
        select count(*) filter (where i.indisvalid) || ' of ' || count(*)
        from unnest($1) x (step)
        join pg_index i on i.indexrelid = to_regclass('public.' || substr(x.step, 7))
        """, (object)Indexes);
}
