using System.Security.Cryptography;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Local.Postgres;

namespace OpsMantik.Cli.Demo;

/// <summary>The demo's database, migrated, with a connection to prepare it and one for the app.</summary>
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

    /// <summary>A server of the demo's own, gone with it; the app's login is a member of opsmantik_operator, for it seeds credentials.</summary>
    public static async Task<DemoDatabase> StartPrivateAsync(CancellationToken cancellationToken)
    {
        var server = await StartServerAsync(cancellationToken);
        try
        {
            var password = RandomNumberGenerator.GetHexString(32);
            await ExecuteAsync(server.ConnectionString, $"create database {Name}", cancellationToken);
            var adminConnection = server.ConnectionStringFor(Name);
            SchemaMigrator.Migrate(adminConnection);
            // As the dashboard's has it.
            await ExecuteAsync(adminConnection, "alter table public.sites add column name text", cancellationToken);
            await ExecuteAsync(
                adminConnection,
                $"create role {AppLogin} login password '{password}' in role opsmantik_operator",
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
        connectionString = DatabaseSignIn.Secure(connectionString);
        var admin = NpgsqlDataSource.Create(connectionString);
        var guard = new SharedDatabaseGuard(admin);
        try
        {
            await guard.AcquireAsync(cancellationToken);
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

/// <summary>
/// Keeps the demo off a database where it would do harm. Its app claims whatever is due: real sales would go to the
/// emulator, and those of another demo have credentials sealed with a vault key that it lacks.
/// </summary>
internal sealed class SharedDatabaseGuard(NpgsqlDataSource database) : IAsyncDisposable
{
    // Any constant: one demo at a time in a database.
    private const long LockKey = 0x4F704465_6D6F;

    private NpgsqlConnection? _connection;

    /// <summary>Checks before anything is changed, and locks the database until disposed.</summary>
    /// <exception cref="OperatorException">Another demo runs on it, or it has rows that are no demo's.</exception>
    public async Task AcquireAsync(CancellationToken cancellationToken)
    {
        _connection = await database.OpenConnectionAsync(cancellationToken);
        if (!await ReadScalarAsync<bool>($"select pg_try_advisory_lock({LockKey})", cancellationToken))
            throw new OperatorException("Another demo runs on this database; stop it, or use another database.");
        const string HasQueue = "select to_regclass('public.offline_conversion_queue') is not null";
        if (!await ReadScalarAsync<bool>(HasQueue, cancellationToken))
            return;

        var foreign = await ReadScalarAsync<long>(
            """
            select count(*)
            from public.offline_conversion_queue q
            join public.sales s on s.id = q.sale_id
            where q.status in ('QUEUED', 'RETRY', 'PROCESSING', 'SUBMITTED')
              and coalesce(s.external_ref, '') not like 'demo-%'
            """,
            cancellationToken);
        if (foreign > 0)
            throw new OperatorException(
                $"This database has {foreign} open queue rows that are no demo's. The demo would take them to its "
                + "emulator instead of Google; use a database set aside for demos.");
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
    }

    private async Task<T> ReadScalarAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
