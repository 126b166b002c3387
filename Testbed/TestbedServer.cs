using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Local.Postgres;

namespace OpsMantik.Testbed;

/// <summary>
/// A private PostgreSQL for tests, proofs and benchmarks, with a migrated template that every <see cref="TestbedDatabase"/> is
/// copied from, and two logins: one with the worker's rights alone, one with the operators'.
/// </summary>
public sealed class TestbedServer : IAsyncDisposable
{
    private const string Template = "opsmantik_template";
    private const string Worker = "opsmantik_worker";
    private const string Operator = "opsmantik_cli";

    private readonly string _password;

    private TestbedServer(PrivatePostgres postgres, string? password = null) =>
        (Postgres, _password) = (postgres, password ?? "CANARY-login-" + RandomNumberGenerator.GetHexString(24));

    /// <summary>The server itself: for stopping, starting and killing it.</summary>
    public PrivatePostgres Postgres { get; }

    /// <summary>Starts a server; takes a few seconds.</summary>
    /// <param name="durable">True: commits wait for the disk, as in production.</param>
    /// <exception cref="PrivatePostgresException">There is none on this machine; the message says what to do.</exception>
    public static Task<TestbedServer> StartAsync(bool durable = false, CancellationToken cancellation = default) =>
        StartAsync(new PrivatePostgresOptions { Durable = durable }, cancellation);

    /// <summary>Starts a server; takes a few seconds.</summary>
    /// <exception cref="PrivatePostgresException">There is none on this machine; the message says what to do.</exception>
    public static async Task<TestbedServer> StartAsync(PrivatePostgresOptions options, CancellationToken cancellation = default)
    {
        var postgres = await PrivatePostgres.StartAsync(options, cancellation);
        var server = new TestbedServer(postgres);
        try
        {
            await server.ExecuteAsync($"CREATE DATABASE {Template}");
            // No pool: a template cannot be copied while there is a connection to it.
            SchemaMigrator.Migrate(Unpooled(postgres.ConnectionStringFor(Template)));
            await server.ExecuteAsync($"CREATE ROLE {Worker} LOGIN PASSWORD '{server._password}' IN ROLE service_role");
            await server.ExecuteAsync($"CREATE ROLE {Operator} LOGIN PASSWORD '{server._password}' IN ROLE opsmantik_operator");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A standby that follows this server: <see cref="PrivatePostgres.StartStandbyAsync"/>.</summary>
    public async Task<TestbedServer> StartStandbyAsync(int? through = null) =>
        new(await Postgres.StartStandbyAsync(through), _password);

    /// <summary>What became of a database on this server, which was a standby of the database's own.</summary>
    public TestbedDatabase Find(TestbedDatabase original) => Open(original.Name);

    /// <summary>A database with the current schema and no rows.</summary>
    public Task<TestbedDatabase> CreateDatabaseAsync() => CreateAsync(Template);

    /// <summary>A database with nothing in it.</summary>
    public Task<TestbedDatabase> CreateEmptyDatabaseAsync() => CreateAsync("template1");

    /// <summary>A copy with its rows, so that several may start from the same; there may be no connection to the original.</summary>
    public Task<TestbedDatabase> CopyDatabaseAsync(TestbedDatabase original)
    {
        original.Admin.Clear();
        // The pages as they are: logging a large database row by row would take far longer.
        return CreateAsync($"{original.Name} STRATEGY FILE_COPY");
    }

    /// <summary>What the server's processes, those that ended too, have used of the processors, in seconds.</summary>
    /// <exception cref="PlatformNotSupportedException">Not Linux.</exception>
    public double ProcessorSeconds()
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("The processor time of the server's processes is read from Linux's /proc.");
        const double TicksOfSecond = 100;
        var main = File.ReadLines(Path.Combine(Postgres.DataDirectory, "postmaster.pid")).First();
        // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: 4 is the parent; from 14 on stand the times in user and in kernel
        // mode, then those of the children that ended.
        return Directory.GetDirectories("/proc")
            .Select(folder => (Id: Path.GetFileName(folder), Stat: Path.Combine(folder, "stat")))
            .Where(process => char.IsDigit(process.Id[0]))
            .Select(process => (process.Id, Fields: ReadFields(process.Stat)))
            .Sum(process => process.Id == main ? Ticks(process.Fields[14..18])
                : process.Fields.Length > 0 && process.Fields[4] == main ? Ticks(process.Fields[14..16])
                : 0) / TicksOfSecond;

        static double Ticks(string[] fields) => fields.Sum(field => double.Parse(field, CultureInfo.InvariantCulture));
    }

    public ValueTask DisposeAsync() => Postgres.DisposeAsync();

    public override string ToString() => "[redacted]";

    // Numbered as there: the second, the program's name in brackets, may have spaces in it.
    private static string[] ReadFields(string path)
    {
        try
        {
            return ["", "", "", .. File.ReadAllText(path).Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        }
        catch (IOException)
        {
            // It has ended since the folders were listed.
            return [];
        }
    }

    internal async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Unpooled(Postgres.ConnectionString));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }

    private async Task<TestbedDatabase> CreateAsync(string template)
    {
        var name = $"testbed_{Guid.NewGuid():N}";
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {template}");
        return Open(name);
    }

    private TestbedDatabase Open(string name) => new(
        this,
        name,
        Postgres.ConnectionStringFor(name),
        Postgres.ConnectionStringFor(name, Worker, _password),
        Postgres.ConnectionStringFor(name, Operator, _password));

    private static string Unpooled(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
}
