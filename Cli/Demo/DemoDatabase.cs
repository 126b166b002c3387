using System.Security.Cryptography;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Local.Postgres;

namespace OpsMantik.Cli.Demo;

/// <summary>The demo's database, migrated, with a way in for whoever arranges and one for the app.</summary>
internal sealed class DemoDatabase : IAsyncDisposable
{
    private const string Name = "opsmantik";
    private const string AppLogin = "opsmantik_app";

    private readonly IAsyncDisposable? _owned;

    private DemoDatabase(
        NpgsqlDataSource admin, string appConnectionString, string description, IAsyncDisposable? owned) =>
        (Admin, AppConnectionString, Description, _owned) = (admin, appConnectionString, description, owned);

    public NpgsqlDataSource Admin { get; }

    /// <summary>Holds a password: do not print it.</summary>
    public string AppConnectionString { get; }

    /// <summary>For people: <c>PostgreSQL 15.18 on port 54123</c>.</summary>
    public string Description { get; }

    /// <summary>A server of the demo's own, gone with it; the app's login is a member of service_role only.</summary>
    public static async Task<DemoDatabase> StartPrivateAsync(CancellationToken cancellationToken)
    {
        var server = await StartServerAsync(cancellationToken);
        try
        {
            var password = RandomNumberGenerator.GetHexString(32);
            await ExecuteAsync(server.ConnectionString, $"create database {Name}", cancellationToken);
            var adminConnection = server.ConnectionStringFor(Name);
            SchemaMigrator.Migrate(adminConnection);
            await ExecuteAsync(
                adminConnection,
                $"create role {AppLogin} login password '{password}' in role service_role",
                cancellationToken);
            return new DemoDatabase(
                NpgsqlDataSource.Create(adminConnection),
                server.ConnectionStringFor(Name, AppLogin, password),
                $"PostgreSQL {server.Version} on port {server.Port}",
                server);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The user's database, through the user's login.</summary>
    /// <exception cref="OperatorException">It is in use, or the login may not work on it.</exception>
    public static async Task<DemoDatabase> UseAsync(string connectionString, CancellationToken cancellationToken)
    {
        var admin = NpgsqlDataSource.Create(connectionString);
        var guard = new SharedDatabaseGuard(admin);
        try
        {
            await guard.EnterAsync(cancellationToken);
            SchemaMigrator.Migrate(connectionString);
            var status = await new DatabaseCheck(admin).CheckAsync(cancellationToken);
            if (status.Fault is { } fault)
                throw new OperatorException(fault);
            return new DemoDatabase(
                admin, connectionString, $"PostgreSQL at {ConnectionText.Describe(connectionString)}", guard);
        }
        catch
        {
            await guard.DisposeAsync();
            await admin.DisposeAsync();
            throw;
        }
    }

    private static async Task<PrivatePostgres> StartServerAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await PrivatePostgres.StartAsync(cancellation: cancellationToken);
        }
        catch (PrivatePostgresException exception)
        {
            throw new OperatorException(exception.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Admin.DisposeAsync();
        if (_owned is not null)
            await _owned.DisposeAsync();
    }

    public override string ToString() => "[redacted]";

    private static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
