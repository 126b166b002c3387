using OpsMantik.Reliability.Proxy;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Processes;

/// <summary>A worker process that is about to die: its environment, and the proxy between it and PostgreSQL.</summary>
internal sealed class WorkerUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly PostgresProxy _proxy;
    private readonly List<Breakpoint> _breakpoints = [];
    private Task _underWay = Task.CompletedTask;
    private volatile bool _dying;

    private WorkerUnderTest(ProofEnvironment environment, PostgresProxy proxy, WorkerProcess process, Random random) =>
        (Environment, _proxy, Process, Random) = (environment, proxy, process, random);

    public ProofEnvironment Environment { get; }

    public WorkerProcess Process { get; }

    public Random Random { get; }

    public static async Task<WorkerUnderTest> StartAsync(ProofEnvironment environment, Random random)
    {
        var proxy = new PostgresProxy(environment.Database.WorkerConnectionString);
        // Two groups at a time: some rows are in flight at the death, others claimed and not yet sent.
        var process = await environment.StartProcessAsync(proxy.ConnectionString, ("Upload:MaxParallelGroups", "2"));
        return new WorkerUnderTest(environment, proxy, process, random);
    }

    public void StartUpload() => _underWay = CallAsync(() => Process.Client.UploadAsync());

    public void StartConfirmation() => _underWay = CallAsync(() => Process.Client.ConfirmAsync());

    public void StartRecovery() => _underWay = CallAsync(() => Process.Client.RecoverAsync());

    /// <summary>Runs until a statement is held.</summary>
    public async Task ReachAsync(string statement, BreakpointKind kind, Action start)
    {
        var breakpoint = _proxy.Set(statement, kind);
        _breakpoints.Add(breakpoint);
        start();
        await breakpoint.Reached.WaitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>SIGKILL. What was held at the proxy reaches nobody; what was under way at Google is over.</summary>
    public async Task KillAsync()
    {
        _dying = true;
        await Process.KillAsync();
        foreach (var breakpoint in _breakpoints)
            breakpoint.Drop();
        await _underWay;
        _proxy.CutAll();
    }

    // On a busy machine a worker that has just started may answer that its database is not ready: without a second call the
    // moment would never come.
    private async Task CallAsync(Func<Task> call)
    {
        while (true)
        {
            try
            {
                await call();
                return;
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                if (_dying)
                    return;
                await Task.Delay(Pause);
            }
        }
    }

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();
}
