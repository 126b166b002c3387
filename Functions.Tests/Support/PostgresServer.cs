using System.Security.Cryptography;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Local.Postgres;

namespace OpsMantik.Functions.Tests;

/// <summary>
/// The one PostgreSQL server of the test run: started by the first test that needs it, with a migrated template that
/// every <c>TestDatabase</c> is copied from. Without PostgreSQL those tests fail; they are never skipped.
/// </summary>
/// <remarks>In the tests' root namespace: NUnit tears it down after the last test of that namespace and those below.
/// </remarks>
[SetUpFixture]
public sealed class PostgresServer
{
    private const string Template = "opsmantik_template";
    private const string Worker = "opsmantik_worker";

    private static readonly string WorkerPassword = "CANARY-worker-" + RandomNumberGenerator.GetHexString(24);
    private static readonly Lazy<Task<PrivatePostgres>> Shared = new(StartAsync);

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        Hosts.PublishedApp.Drop();
        // A start that failed has cleaned up after itself, and has failed the tests that wanted it.
        if (Shared is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await Shared.Value).DisposeAsync();
    }

    internal static async Task CreateDatabaseAsync(string name, bool migrated) =>
        await ExecuteAsync($"CREATE DATABASE {name}" + (migrated ? $" TEMPLATE {Template}" : ""));

    internal static async Task DropDatabaseAsync(string name) =>
        await ExecuteAsync($"DROP DATABASE {name} WITH (FORCE)");

    internal static async Task<string> AdminConnectionStringAsync(string database) =>
        (await Shared.Value).ConnectionStringFor(database);

    internal static async Task<string> WorkerConnectionStringAsync(string database) =>
        (await Shared.Value).ConnectionStringFor(database, Worker, WorkerPassword);

    private static async Task<PrivatePostgres> StartAsync()
    {
        var server = await PrivatePostgres.StartAsync();
        try
        {
            await ExecuteAsync(server, $"CREATE DATABASE {Template}");
            // No pool: a template cannot be copied while somebody is connected to it.
            SchemaMigrator.Migrate(Unpooled(server.ConnectionStringFor(Template)));
            await ExecuteAsync(server, $"CREATE ROLE {Worker} LOGIN PASSWORD '{WorkerPassword}' IN ROLE service_role");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private static async Task ExecuteAsync(string sql) => await ExecuteAsync(await Shared.Value, sql);

    private static async Task ExecuteAsync(PrivatePostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(Unpooled(server.ConnectionString));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static string Unpooled(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
}
