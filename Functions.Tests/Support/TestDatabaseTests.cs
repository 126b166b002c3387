using Npgsql;

namespace OpsMantik.Functions.Tests.Support;

public class TestDatabaseTests
{
    private const string SiteCount = "SELECT count(*) FROM sites";

    [Test]
    public async Task Databases_created_side_by_side_share_no_rows()
    {
        var databases = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TestDatabase.CreateAsync()));
        try
        {
            await databases[0].ExecuteAsync("CREATE TABLE mine AS SELECT $1::text AS word", "here");

            Assert.That(await databases[0].ScalarAsync<string>("SELECT word FROM mine"), Is.EqualTo("here"));
            foreach (var other in databases[1..])
                Assert.That(await other.ScalarAsync<string>("SELECT to_regclass('mine')::text"), Is.Null);
        }
        finally
        {
            foreach (var database in databases)
                await database.DisposeAsync();
        }
    }

    [Test]
    public async Task A_new_database_has_the_schema_and_an_empty_one_has_nothing()
    {
        await using var migrated = await TestDatabase.CreateAsync();
        await using var empty = await TestDatabase.CreateEmptyAsync();

        Assert.That(await migrated.ScalarAsync<int>(SiteCount), Is.Zero);
        Assert.That(
            await empty.ScalarAsync<int>("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), Is.Zero);
    }

    [Test]
    public async Task The_worker_is_a_member_of_service_role_and_of_nothing_else()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var worker = NpgsqlDataSource.Create(database.WorkerConnectionString);

        await using var roles = worker.CreateCommand(
            """
            SELECT string_agg(g.rolname, ',') || ' ' || bool_or(u.rolsuper OR u.rolcreaterole OR u.rolbypassrls)
            FROM pg_roles u
            JOIN pg_auth_members m ON m.member = u.oid
            JOIN pg_roles g ON g.oid = m.roleid
            WHERE u.rolname = current_user
            """);
        Assert.That(await roles.ExecuteScalarAsync(), Is.EqualTo("service_role false"));

        await using var sites = worker.CreateCommand(SiteCount);
        Assert.That(await sites.ExecuteScalarAsync(), Is.Zero);
        await using var drop = worker.CreateCommand("DROP TABLE offline_conversion_queue");
        Assert.That(
            async () => await drop.ExecuteNonQueryAsync(),
            Throws.TypeOf<PostgresException>().With.Property("SqlState").EqualTo("42501"));
    }

    [Test]
    public async Task Disposing_drops_the_database_with_its_open_connections()
    {
        var database = await TestDatabase.CreateAsync();
        await using var worker = new NpgsqlConnection(database.WorkerConnectionString);
        await worker.OpenAsync();
        await using var observer = await TestDatabase.CreateEmptyAsync();

        await database.DisposeAsync();

        Assert.That(
            await observer.ScalarAsync<int>("SELECT count(*) FROM pg_database WHERE datname = $1", database.Name),
            Is.Zero);
    }
}
