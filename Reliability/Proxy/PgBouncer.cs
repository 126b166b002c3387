using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace OpsMantik.Reliability.Proxy;

/// <summary>PgBouncer in transaction mode before a server, where it is installed: each transaction may get another session.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly Process _process;

    private PgBouncer(DirectoryInfo folder, Process process, string connectionString) =>
        (_folder, _process, ConnectionString) = (folder, process, connectionString);

    /// <summary>Null where it is not installed.</summary>
    public static string? Program { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(["/usr/sbin", "/usr/local/sbin"])
            .Select(folder => Path.Combine(folder, "pgbouncer")).FirstOrDefault(File.Exists);

    /// <summary>The same database, through it.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts one with few server sessions, so that transactions of several clients share them.</summary>
    /// <exception cref="TimeoutException">It does not answer.</exception>
    public static async Task<PgBouncer> StartAsync(string connectionString)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        var port = FindFreePort();
        var folder = Directory.CreateTempSubdirectory("opsmantik-pgbouncer-");
        // It refuses to run as root, and the account that it runs as reads this.
        if (!OperatingSystem.IsWindows())
            folder.UnixFileMode |= UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        var settings = Path.Combine(folder.FullName, "pgbouncer.ini");
        await File.WriteAllTextAsync(settings,
            $"""
            [databases]
            {server.Database} = host={server.Host} port={server.Port} user={server.Username} password={server.Password}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = 3
            """);
        string[] account = Environment.IsPrivilegedProcess ? ["-u", "nobody"] : [];
        var start = new ProcessStartInfo(Program!, ["-q", .. account, settings])
        {
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var through = new NpgsqlConnectionStringBuilder(connectionString) { Port = port };
        var bouncer = new PgBouncer(folder, process, through.ConnectionString);
        try
        {
            await bouncer.WaitAsync(port);
            return bouncer;
        }
        catch
        {
            await bouncer.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    public override string ToString() => "[redacted]";

    private async Task WaitAsync(int port)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (!_process.HasExited && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10))
            {
                await Task.Delay(20);
            }
        }
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
