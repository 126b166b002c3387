using Npgsql;
using OpsMantik.Testbed;

namespace OpsMantik.Functions.Tests.Support;

/// <summary>A database of one test; disposing searches it for secrets and drops it with its connections.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly TestbedDatabase _database;

    private TestDatabase(TestbedDatabase database) => _database = database;

    public string Name => _database.Name;

    /// <summary>As superuser: for migrating, arranging and reading.</summary>
    public string AdminConnectionString => _database.AdminConnectionString;

    /// <summary>As the app connects: a login that is a member of service_role and nothing else.</summary>
    public string WorkerConnectionString => _database.WorkerConnectionString;

    /// <summary>As the command line connects: a login that is a member of opsmantik_operator and nothing else.</summary>
    public string OperatorConnectionString => _database.OperatorConnectionString;

    public NpgsqlDataSource Admin => _database.Admin;

    /// <summary>A database with the current schema and no rows.</summary>
    public static async Task<TestDatabase> CreateAsync() =>
        new(await (await PostgresServer.GetAsync()).CreateDatabaseAsync());

    /// <summary>A database with nothing in it.</summary>
    public static async Task<TestDatabase> CreateEmptyAsync() =>
        new(await (await PostgresServer.GetAsync()).CreateEmptyDatabaseAsync());

    /// <summary>The database as the dashboard left it, with its few rows.</summary>
    public static async Task<TestDatabase> CreateOlderShapeAsync()
    {
        var database = await CreateEmptyAsync();
        await database.ExecuteAsync(OlderShape.Sql);
        return database;
    }

    /// <summary>The dashboard's database of May 2026, with its few rows: calls beside sales, and rules of its own.</summary>
    public static async Task<TestDatabase> CreateNewerShapeAsync()
    {
        var database = await CreateEmptyAsync();
        await database.ExecuteAsync(await File.ReadAllTextAsync(
            Path.Combine(TestContext.CurrentContext.TestDirectory, "Database", "NewerShape.sql")));
        return database;
    }

    /// <summary>Executes SQL with parameters $1, $2 and so on, as superuser.</summary>
    /// <returns>The number of rows it changed.</returns>
    public Task<int> ExecuteAsync(string sql, params object?[] values) => _database.ExecuteAsync(sql, values);

    /// <summary>The first column of the first row; the type's default when there is no row, or null in it.</summary>
    public Task<T?> ScalarAsync<T>(string sql, params object?[] values) => _database.ScalarAsync<T>(sql, values);

    /// <summary>Waits, if it must, until the server's clock has 20 seconds left of a minute: what is arranged by minutes then lies in one.</summary>
    public Task<int> StayInMinuteAsync() => ExecuteAsync(
        "select pg_sleep(60 - s.second) from (select extract(second from clock_timestamp())::float8) as s (second) where s.second > 40");

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Canary.AssertAbsentAsync(this);
        }
        finally
        {
            await _database.DisposeAsync();
        }
    }

    public override string ToString() => "[redacted]";
}
