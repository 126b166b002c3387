using System.Security.Cryptography;
using Npgsql;

namespace OpsMantik.Local.Postgres;

/// <summary>
/// A private PostgreSQL server: fresh data folder, free port, loopback only, random superuser password. Disposing
/// stops it and deletes its folder; the next start removes what a killed process left.
/// </summary>
/// <remarks>One caller at a time may start, stop and dispose it; connecting is free for all.</remarks>
public sealed class PrivatePostgres : IAsyncDisposable
{
    private const string Host = "127.0.0.1";
    private const int StartAttempts = 3;

    private readonly ServerFolder _folder;
    private readonly PostgresBinaries _binaries;
    private readonly ServerAccount _account;
    private readonly PrivatePostgresOptions _options;
    private readonly string _password;
    private ServerProcess? _server;

    private PrivatePostgres(
        ServerFolder folder, PostgresBinaries binaries, ServerAccount account, PrivatePostgresOptions options, string password) =>
        (_folder, _binaries, _account, _options, _password) = (folder, binaries, account, options, password);

    /// <summary>Connects to the database <c>postgres</c> as superuser. Holds the password: do not print it.</summary>
    public string ConnectionString => ConnectionStringFor("postgres");

    public int Port { get; private set; }

    /// <summary>The server's version, such as 17.10.</summary>
    public Version Version => _binaries.Version;

    public string DataDirectory => _folder.Data;

    /// <summary>Starts a server; takes a few seconds.</summary>
    /// <exception cref="PrivatePostgresException">It cannot be had here; the message says what to do.</exception>
    public static async Task<PrivatePostgres> StartAsync(
        PrivatePostgresOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new PrivatePostgresOptions();
        var parent = options.ParentFolder ?? Path.GetTempPath();
        Directory.CreateDirectory(parent);
        var account = await ServerAccount.ChooseAsync(cancellation);
        var binaries = await PostgresBinaries.FindAsync(options, cancellation);
        await ServerFolder.SweepAsync(parent, binaries, account, cancellation);

        var folder = ServerFolder.Create(parent);
        var password = RandomNumberGenerator.GetHexString(32);
        var postgres = new PrivatePostgres(folder, binaries, account, options, password);
        try
        {
            await folder.InitializeAsync(binaries, account, password, cancellation);
            await postgres.StartOnFreePortAsync(cancellation);
            return postgres;
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection string to a database of this server; without a user, as superuser.</summary>
    public string ConnectionStringFor(string database, string? user = null, string? password = null) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = Host,
            Port = Port,
            Database = database,
            Username = user ?? "postgres",
            Password = user is null ? _password : password,
            // Offers that a server on loopback turns down, each at the price of a round trip.
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;

    /// <summary>Stops the server and keeps its data. Does nothing if it is stopped.</summary>
    /// <param name="immediate">True: as if it had crashed; committed data is recovered at the next start.</param>
    public async Task StopAsync(bool immediate = false)
    {
        if (_server is null)
            return;
        await _server.StopAsync(immediate);
        _server.Dispose();
        _server = null;
    }

    /// <summary>Stops the server if it runs, and starts it again on the same port with the same data.</summary>
    public async Task RestartAsync(bool immediate = false, CancellationToken cancellation = default)
    {
        await StopAsync(immediate);
        await StartServerAsync(cancellation);
    }

    /// <summary>
    /// A hot standby of this server (pg_basebackup), which follows it by asynchronous streaming: it has the same databases,
    /// logins and passwords, and takes no writes until it is promoted.
    /// </summary>
    /// <param name="through">The port on loopback at which it finds this server; null for the server's own.</param>
    /// <exception cref="PrivatePostgresException">The copy failed; the message says why.</exception>
    public async Task<PrivatePostgres> StartStandbyAsync(int? through = null, CancellationToken cancellation = default)
    {
        var folder = ServerFolder.Create(Path.GetDirectoryName(_folder.Root)!);
        var standby = new PrivatePostgres(folder, _binaries, _account, _options, _password);
        try
        {
            await _account.ChangeOwnerAsync(folder.Root, cancellation);
            var backup = _account.Run(new Command(
                _binaries.PgBaseBackup, "--pgdata", folder.Data, "--write-recovery-conf", "--checkpoint=fast", "--no-sync",
                "--host", Host, "--port", $"{through ?? Port}", "--username", "postgres"));
            backup.Environment["PGPASSWORD"] = _password;
            // As in the connection string; the standby connects in the same way.
            backup.Environment["PGSSLMODE"] = backup.Environment["PGGSSENCMODE"] = "disable";
            var result = await ChildProcess.RunAsync(backup, TimeSpan.FromMinutes(2), cancellation);
            if (!result.Succeeded)
                throw new PrivatePostgresException($"pg_basebackup could not copy the server:\n{result.Tail}");
            await standby.StartOnFreePortAsync(cancellation);
            return standby;
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a standby a server of its own: from here on it takes writes and follows nobody.</summary>
    public async Task PromoteAsync(CancellationToken cancellation = default)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellation);
        await using var promote = new NpgsqlCommand("select pg_promote(true, 60)", connection) { CommandTimeout = 90 };
        if (await promote.ExecuteScalarAsync(cancellation) is not true)
            throw new PrivatePostgresException("The standby was not promoted within a minute.");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Delete();
    }

    public override string ToString() => "[redacted]";

    /// <summary>Another process may take the port between the check and the server's start.</summary>
    private async Task StartOnFreePortAsync(CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            Port = LoopbackPort.FindFree();
            try
            {
                await StartServerAsync(cancellation);
                return;
            }
            catch (PrivatePostgresException) when (attempt < StartAttempts && _folder.LogTail().Contains("in use"))
            {
            }
        }
    }

    private async Task StartServerAsync(CancellationToken cancellation)
    {
        var probe = new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false, Timeout = 5 };
        _server = await ServerProcess.StartAsync(
            _folder, _binaries, _account, Settings(), _options.Environment, probe.ConnectionString, cancellation);
    }

    private string[] Settings()
    {
        string[] always =
        [
            $"listen_addresses={Host}", $"port={Port}", "unix_socket_directories=", "max_connections=200",
            "timezone=UTC", "log_timezone=UTC",
        ];
        // synchronous_commit stays on: without fsync it costs little, and with it a commit survives an immediate stop.
        return [.. always, .. _options.Durable ? (string[])[] : ["fsync=off", "full_page_writes=off"], .. _options.Settings];
    }
}

/// <summary>How a private PostgreSQL is set up; the defaults suit demos and tests.</summary>
public sealed record PrivatePostgresOptions
{
    /// <summary>
    /// True: commits survive a power cut. False (default): they survive the death of the server, not of the machine,
    /// and everything is several times faster.
    /// </summary>
    public bool Durable { get; init; }

    /// <summary>The folder in which the server's own folder is made; default: the system's temporary folder.</summary>
    public string? ParentFolder { get; init; }

    /// <summary>Where the PostgreSQL programs may come from.</summary>
    public PostgresSource Source { get; init; } = PostgresSource.InstalledOrNpm;

    /// <summary>Added to the environment of the server's processes; no secrets: the list of processes shows them. Not on Windows.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Further settings of the server, <c>name=value</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Where binaries from npm are kept; default: a folder of the user's that outlives the process.</summary>
    public string? CacheFolder { get; init; }
}

/// <summary>A private PostgreSQL cannot be had on this machine; the message says what to do.</summary>
public sealed class PrivatePostgresException(string message, Exception? inner = null) : Exception(message, inner);
