using DbUp.Engine;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Testbed;

namespace OpsMantik.Functions.Tests.Database;

/// <summary>A switchover by logical replication, which carries rows and no sequences, and changes only rows that it can name.</summary>
internal sealed class LogicalReplicationTests
{
    private const string LineSql = "insert into operator_audit (actor, action, row_count) values ('ops', $1, 1)";

    [Test]
    public async Task Every_table_has_a_key_by_which_a_replica_finds_its_rows([Values] bool olderShape)
    {
        await using var database = olderShape ? await TestDatabase.CreateOlderShapeAsync() : await TestDatabase.CreateEmptyAsync();
        SchemaMigrator.Migrate(database.AdminConnectionString);

        Assert.That(
            await database.ScalarAsync<string[]>(
                """
                select coalesce(array_agg(c.relname::text), '{}')
                from pg_class c
                where c.relnamespace = 'public'::regnamespace
                  and c.relkind = 'r'
                  and (c.relreplident <> 'd' or not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary))
                """),
            Is.Empty);
    }

    [Test]
    public async Task The_audit_and_the_journal_go_on_where_another_database_took_over()
    {
        await using var server = await StartAsync();
        await using var old = await server.CreateDatabaseAsync();
        await using var replica = await server.CreateDatabaseAsync();
        var site = (await old.AddSitesAsync(1))[0];
        await old.EnqueueAsync(site, 10);
        await ActAsync(old, "before");
        await FollowAsync(old, replica);

        // While it is followed, the worker's tables take changes of every kind.
        await old.ExecuteAsync("update offline_conversion_queue set status = 'PROCESSING', claim_token = gen_random_uuid()");
        await old.ExecuteAsync("update offline_conversion_queue set status = 'COMPLETED', claim_token = null, claimed_at = null");
        await old.ExecuteAsync("insert into provider_backlog_samples (provider_key, taken_at, waiting) values ('google_ads', now(), 1)");
        await old.ExecuteAsync("delete from provider_backlog_samples");
        await ActAsync(old, "followed");
        await UntilAsync(replica, "select count(*) filter (where action = 'followed') = 3 from operator_audit");
        await replica.ExecuteAsync("alter subscription switchover disable");
        await replica.ExecuteAsync("alter subscription switchover set (slot_name = none)");
        await replica.ExecuteAsync("drop subscription switchover");
        await old.ExecuteAsync("select pg_drop_replication_slot('switchover')");

        await ActAsync(replica, "after");
        var applied = SchemaMigrator.Migrate(
            replica.AdminConnectionString, [.. Migrations.Names.Select(name => new SqlScript(name, "")), new("9998_next.sql", "select 1")]);

        Assert.That(applied, Is.EqualTo(new[] { "9998_next.sql" }));
        Assert.That(
            await replica.ScalarAsync<string>("select string_agg(distinct action, ' ' order by action) || count(*) from operator_audit"),
            Is.EqualTo("after before followed9"));
        Assert.That(await replica.ScalarAsync<bool>("select count(*) > count(distinct id) from operator_audit"), Is.True, "numbers began again");
        Assert.That(await replica.ScalarAsync<long>("select count(*) from offline_conversion_queue where status = 'COMPLETED'"), Is.EqualTo(10));
    }

    private static async Task<TestbedServer> StartAsync()
    {
        var server = await TestbedServer.StartAsync();
        await using (var connection = new NpgsqlConnection(server.Postgres.ConnectionString + ";Pooling=false"))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("alter system set wal_level = logical", connection);
            await command.ExecuteNonQueryAsync();
        }

        await server.Postgres.RestartAsync();
        return server;
    }

    /// <summary>Three lines in the audit, as an operator's login writes them.</summary>
    private static async Task ActAsync(TestbedDatabase database, string action)
    {
        await using var operators = NpgsqlDataSource.Create(database.OperatorConnectionString);
        for (var line = 0; line < 3; line++)
        {
            await using var command = operators.CreateCommand(LineSql);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = action });
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Copies all rows into the replica, which has the schema alone, and goes on with every change.</summary>
    private static async Task FollowAsync(TestbedDatabase old, TestbedDatabase replica)
    {
        await replica.ExecuteAsync("truncate opsmantik_migrations restart identity");
        await old.ExecuteAsync("create publication everything for all tables");
        // On one server the subscription cannot make its slot itself: it would wait for its own transaction.
        await old.ExecuteAsync("select pg_create_logical_replication_slot('switchover', 'pgoutput')");
        var from = new NpgsqlConnectionStringBuilder(old.AdminConnectionString);
        await replica.ExecuteAsync(
            $"create subscription switchover connection 'host={from.Host} port={from.Port} dbname={from.Database} user={from.Username} "
            + $"password={from.Password}' publication everything with (create_slot = false, slot_name = 'switchover')");
        await UntilAsync(replica, "select bool_and(srsubstate = 'r') from pg_subscription_rel");
    }

    private static async Task UntilAsync(TestbedDatabase database, string condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await database.ScalarAsync<bool>(condition))
            await Task.Delay(50, limit.Token);
    }
}
