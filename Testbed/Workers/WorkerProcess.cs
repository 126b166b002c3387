using System.Diagnostics;
using System.Globalization;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Testbed.Workers;

/// <summary>
/// A worker as an operator starts it, <c>opsmantik serve</c> with its settings in the environment: one that can be
/// stopped, killed and measured. Its users must reference the Cli project, whose build is run.
/// </summary>
public sealed class WorkerProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private const int KeptLines = 200;

    private static readonly TimeSpan WorkerTimeout = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly Queue<string> _lines = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WorkerClient? _client;

    private WorkerProcess(Process process) => _process = process;

    public int Id => _process.Id;

    /// <summary>Its HTTP endpoints.</summary>
    public WorkerClient Client => _client!;

    public Uri Address => _address.Task.Result;

    public bool HasExited => _process.HasExited;

    /// <summary>Whether anything it printed holds a secret. Every secret of a testbed contains the word CANARY.</summary>
    public bool LeakedSecret { get; private set; }

    /// <summary>The last lines it printed.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    /// <summary>Starts a worker and returns when it listens.</summary>
    /// <param name="settings">From <see cref="WorkerSettings"/>.</param>
    /// <param name="program">Another build's <c>opsmantik.dll</c>; null: the one beside this program.</param>
    /// <exception cref="InvalidOperationException">It ended, or stayed silent for a minute; quotes what it printed.</exception>
    public static async Task<WorkerProcess> StartAsync(IReadOnlyDictionary<string, string?> settings, string? program = null)
    {
        program ??= Path.Combine(AppContext.BaseDirectory, "opsmantik.dll");
        var start = new ProcessStartInfo("dotnet", [program, "serve"])
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
            start.Environment[name == "urls" ? "ASPNETCORE_URLS" : name.Replace(":", "__", StringComparison.Ordinal)] = value;
        var worker = new WorkerProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        try
        {
            worker.Start();
            worker._client = new WorkerClient(await worker._address.Task.WaitAsync(WorkerTimeout));
            return worker;
        }
        catch (Exception error) when (error is InvalidOperationException or TimeoutException)
        {
            await worker.DisposeAsync();
            throw new InvalidOperationException(
                $"The worker does not listen: {error.Message}\n{string.Join('\n', worker.Lines)}", error);
        }
    }

    /// <summary>Ends it at once, as a crash does (SIGKILL), and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end (SIGTERM) and waits.</summary>
    /// <returns>How long it took.</returns>
    /// <exception cref="TimeoutException">It did not end within a minute.</exception>
    public async Task<TimeSpan> TerminateAsync()
    {
        var started = Stopwatch.GetTimestamp();
        using var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(WorkerTimeout);
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>The most memory that it ever held, in bytes: VmHWM of Linux.</summary>
    /// <exception cref="PlatformNotSupportedException">Not Linux, or the process is gone.</exception>
    public long PeakMemory() => PeakMemory(Id);

    /// <summary>The same of another process.</summary>
    /// <exception cref="PlatformNotSupportedException">Not Linux, or the process is gone.</exception>
    public static long PeakMemory(int processId)
    {
        var line = OperatingSystem.IsLinux()
            ? File.ReadLines($"/proc/{processId}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            : null;
        return line is null
            ? throw new PlatformNotSupportedException("The peak of a process's memory is read from Linux's /proc.")
            : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    public override string ToString() => "[redacted]";

    private void Start()
    {
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("it ended"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        LeakedSecret |= line.Contains("CANARY", StringComparison.OrdinalIgnoreCase);
        var address = line.IndexOf(Listening, StringComparison.Ordinal);
        if (address >= 0)
            _address.TrySetResult(new Uri(line[(address + Listening.Length)..]));
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines)
                _lines.Dequeue();
        }
    }
}

/// <summary>The time and memory in which a worker process emptied a queue.</summary>
/// <param name="Peak">The most memory it held, in bytes.</param>
public sealed record WorkerDrain(TimeSpan Took, long Peak, bool LeakedSecret)
{
    /// <summary>Starts a worker of its own, calls it until nothing is due, and measures it.</summary>
    public static async Task<WorkerDrain> RunAsync(
        TestbedDatabase database, GoogleEmulator google, CancellationToken cancellation = default)
    {
        await using var worker = await WorkerProcess.StartAsync(
            WorkerSettings.For(database.WorkerConnectionString, google));
        var started = Stopwatch.GetTimestamp();
        while ((await worker.Client.UploadAsync(cancellation: cancellation)).Processed > 0)
        {
        }

        return new WorkerDrain(Stopwatch.GetElapsedTime(started), worker.PeakMemory(), worker.LeakedSecret);
    }
}
