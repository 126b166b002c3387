using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace OpsMantik.Local.Postgres;

/// <summary>A running <c>postgres</c>, a direct child of this process.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(30);

    private readonly Process _process;
    private readonly ServerFolder _folder;
    private readonly PostgresBinaries _binaries;
    private readonly ServerAccount _account;
    private readonly Task _logging;

    private ServerProcess(Process process, ServerFolder folder, PostgresBinaries binaries, ServerAccount account)
    {
        (_process, _folder, _binaries, _account) = (process, folder, binaries, account);
        process.StandardInput.Close();
        _logging = Task.WhenAll(AppendAsync(process.StandardError), AppendAsync(process.StandardOutput));
    }

    /// <summary>Starts the server and returns when it answers.</summary>
    /// <exception cref="PrivatePostgresException">It ended or stayed silent; the message quotes its log.</exception>
    public static async Task<ServerProcess> StartAsync(
        ServerFolder folder, PostgresBinaries binaries, ServerAccount account, IEnumerable<string> settings,
        IReadOnlyDictionary<string, string> environment, string connectionString, CancellationToken cancellation)
    {
        var command = new Command(
            binaries.Postgres,
            ["-D", folder.Data, .. settings.SelectMany(setting => (string[])["-c", setting])]);
        // For the server alone, not for what starts it as another account.
        if (environment.Count > 0 && SearchPath.Find("env") is { } env)
            command = command.RunWith(env, [.. environment.Select(variable => $"{variable.Key}={variable.Value}")]);
        var start = account.RunDetached(command).ToStartInfo();
        if (OperatingSystem.IsWindows())
            start.CreateNewProcessGroup = true;
        var server = new ServerProcess(Process.Start(start)!, folder, binaries, account);
        try
        {
            await server.WaitForConnectionAsync(connectionString, cancellation);
            return server;
        }
        catch
        {
            await server.StopAsync(immediate: true);
            server.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Ends the server: in order (sessions are cut, data is flushed), or at once, as if it had crashed. What does not
    /// end in time is killed.
    /// </summary>
    public async Task StopAsync(bool immediate)
    {
        if (!_process.HasExited)
            await PgCtlStopAsync(_folder.Data, _binaries, _account, immediate, CancellationToken.None);
        using var limit = new CancellationTokenSource(StopTimeout);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Stops the server that a dead owner left in this data folder, if it still runs.</summary>
    /// <returns>Whether it is stopped: another user's server cannot be.</returns>
    public static async Task<bool> StopAbandonedAsync(
        string data, PostgresBinaries binaries, ServerAccount account, CancellationToken cancellation)
    {
        if (IsRunning(data))
            await PgCtlStopAsync(data, binaries, account, immediate: true, cancellation);
        return !IsRunning(data);
    }

    public void Dispose() => _process.Dispose();

    /// <summary>
    /// Whether the process that the folder's postmaster.pid names is that server: after a reboot the number may be
    /// another process's, and pg_ctl would signal it. The file has the process id in line 1 and its start time in line 3.
    /// </summary>
    private static bool IsRunning(string data)
    {
        var pidFile = Path.Combine(data, "postmaster.pid");
        if (!File.Exists(pidFile))
            return false;
        var lines = File.ReadAllLines(pidFile);
        if (lines.Length < 3
            || !int.TryParse(lines[0], out var pid)
            || !long.TryParse(lines[2], CultureInfo.InvariantCulture, out var started))
            return false;
        try
        {
            using var process = Process.GetProcessById(pid);
            var age = process.StartTime.ToUniversalTime() - DateTimeOffset.FromUnixTimeSeconds(started).UtcDateTime;
            return process.ProcessName == "postgres" && age.Duration() < TimeSpan.FromMinutes(1);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task PgCtlStopAsync(
        string data, PostgresBinaries binaries, ServerAccount account, bool immediate, CancellationToken cancellation)
    {
        var seconds = StopTimeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        var stop = new Command(
            binaries.PgCtl, "stop", "-D", data, "-m", immediate ? "immediate" : "fast", "-w", "-t", seconds);
        await ChildProcess.RunAsync(account.Run(stop), StopTimeout + TimeSpan.FromSeconds(5), cancellation);
    }

    private async Task WaitForConnectionAsync(string connectionString, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        while (!_process.HasExited && Stopwatch.GetElapsedTime(started) < StartTimeout)
        {
            try
            {
                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync(cancellation);
                return;
            }
            catch (NpgsqlException)
            {
                // Not up yet; or the port is another server's, and ours is about to end.
                await Task.Delay(PollInterval, cancellation);
            }
        }

        if (_process.HasExited)
            await Task.WhenAny(_logging, Task.Delay(PollInterval * 50, cancellation));
        throw new PrivatePostgresException(
            $"PostgreSQL {_binaries.Version} of {_binaries.Folder} "
            + (_process.HasExited ? "ended while it started" : $"did not answer for {StartTimeout.TotalSeconds:0} s")
            + $". The end of its log:\n{_folder.LogTail()}");
    }

    /// <summary>Keeps what the server writes; unread pipes would stop it when they are full.</summary>
    private async Task AppendAsync(StreamReader output)
    {
        var options = FileShare.ReadWrite | FileShare.Delete;
        await using var log = new FileStream(_folder.Log, FileMode.Append, FileAccess.Write, options, bufferSize: 0);
        await output.BaseStream.CopyToAsync(log);
    }
}

/// <summary>Finds a free TCP port on 127.0.0.1.</summary>
internal static class LoopbackPort
{
    /// <summary>
    /// A port below the ranges from which systems take the local ports of outgoing connections (from 32768 on Linux, 49152
    /// elsewhere): it is still free when the server starts, and when it starts again.
    /// </summary>
    public static int FindFree()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(20_000, 32_000);
            using var listener = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: try another.
            }
        }
    }
}
