using OpsMantik.Reliability.Faults;
using OpsMantik.Reliability.Proxy;
using OpsMantik.Reliability.Stages;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Processes;

/// <summary>A worker process that is about to die: its stage, and the proxy between it and PostgreSQL.</summary>
internal sealed class Victim : IAsyncDisposable
{
    private readonly PostgresProxy _proxy;
    private readonly List<Trap> _traps = [];
    private Task _underWay = Task.CompletedTask;

    private Victim(Stage stage, PostgresProxy proxy, WorkerProcess process, Random random) =>
        (Stage, _proxy, Process, Random) = (stage, proxy, process, random);

    public Stage Stage { get; }

    public WorkerProcess Process { get; }

    public Random Random { get; }

    public static async Task<Victim> StartAsync(Stage stage, Random random)
    {
        var proxy = new PostgresProxy(stage.Database.WorkerConnectionString);
        // Two groups at a time: some rows are in flight at the death, others claimed and not yet sent.
        var process = await stage.StartProcessAsync(proxy.ConnectionString, ("Upload:MaxParallelGroups", "2"));
        return new Victim(stage, proxy, process, random);
    }

    public void StartUpload() => _underWay = Process.Client.TryUploadAsync();

    public void StartConfirmation() => _underWay = Process.Client.TryConfirmAsync();

    public void StartRecovery() => _underWay = Process.Client.TryRecoverAsync();

    /// <summary>Runs until a statement is held.</summary>
    public async Task ReachAsync(string statement, TrapKind kind, Action start)
    {
        var trap = _proxy.Set(statement, kind);
        _traps.Add(trap);
        start();
        await trap.Reached.WaitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>SIGKILL. What was held at the proxy reaches nobody; what was under way at Google is over.</summary>
    public async Task KillAsync()
    {
        await Process.KillAsync();
        foreach (var trap in _traps)
            trap.Drop();
        await _underWay;
        _proxy.CutAll();
    }

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();
}
