using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Reliability.Proxy;
using OpsMantik.Reliability.Stages;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Faults;

/// <summary>The way between worker and PostgreSQL in trouble.</summary>
internal static class NetworkFaults
{
    public static IReadOnlyList<FaultScenario> All { get; } =
    [
        new("acknowledgement of a write-back lost", stage => LoseAnswerAsync(stage, Statements.WriteBack, "COMPLETED")),
        new("acknowledgement of a claim lost", stage => LoseAnswerAsync(stage, Statements.Claim, "PROCESSING")),
        new("acknowledgement of a recovery lost", LoseRecoveryAsync),
        new("connections to PostgreSQL cut", CutAsync),
        new("PostgreSQL slow to reach", DelayAsync),
        new("PostgreSQL unreachable without a word", SilenceAsync),
    ];

    private static async Task<WorkerClient> LoseAnswerAsync(Stage stage, string statement, string committed)
    {
        await using var proxy = new PostgresProxy(stage.Database.WorkerConnectionString);
        var trap = proxy.Set(statement, TrapKind.BeforeAnswer);
        var worker = await stage.StartWorkerAsync(proxy.ConnectionString);
        var run = worker.TryUploadAsync();
        await trap.Reached;
        await stage.ExpectAsync(committed);
        trap.Drop();
        await run;
        return await stage.StartWorkerAsync();
    }

    private static async Task<WorkerClient> LoseRecoveryAsync(Stage stage)
    {
        stage.Google.SetBehaviour(null, CallBehaviour.HangAfterAccept);
        await using var proxy = new PostgresProxy(stage.Database.WorkerConnectionString);
        var stuck = await stage.StartWorkerAsync(null, null, ("GoogleAds:RequestTimeout", "00:00:03"));
        var run = stuck.TryUploadAsync();
        await Calls.UntilAsync(() => stage.Google.Calls.Count >= stage.Sites.Length, "every group in flight");
        await stage.LetTimePassAsync();

        var trap = proxy.Set(Statements.Recovery, TrapKind.BeforeAnswer);
        var worker = await stage.StartWorkerAsync(proxy.ConnectionString);
        var recovery = worker.TryRecoverAsync();
        await trap.Reached;
        await stage.ExpectAsync("QUEUED");
        trap.Drop();
        await recovery;
        stage.Google.SetBehaviour(null, CallBehaviour.Normal);
        var other = await stage.StartWorkerAsync();
        await other.TryUploadAsync();
        await run;
        return other;
    }

    private static async Task<WorkerClient> CutAsync(Stage stage)
    {
        stage.Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromMilliseconds(100)));
        await using var proxy = new PostgresProxy(stage.Database.WorkerConnectionString);
        var worker = await stage.StartWorkerAsync(proxy.ConnectionString, null, ("Upload:MaxParallelGroups", "2"));
        var run = worker.TryUploadAsync();
        while (!run.IsCompleted)
        {
            proxy.CutAll();
            await Task.Delay(30);
        }

        return await stage.StartWorkerAsync();
    }

    private static async Task<WorkerClient> DelayAsync(Stage stage)
    {
        await using var proxy = new PostgresProxy(stage.Database.WorkerConnectionString)
        {
            Delay = TimeSpan.FromMilliseconds(10),
        };
        var (one, other) = (
            await stage.StartWorkerAsync(proxy.ConnectionString), await stage.StartWorkerAsync(proxy.ConnectionString));
        await Task.WhenAll(one.TryUploadAsync(), other.TryUploadAsync());
        return await stage.StartWorkerAsync();
    }

    private static async Task<WorkerClient> SilenceAsync(Stage stage)
    {
        stage.Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromMilliseconds(100)));
        await using var proxy = new PostgresProxy(stage.Database.WorkerConnectionString);
        // An operator's limits, so that the scenario does not take the driver's half minute.
        var worker = await stage.StartWorkerAsync(
            $"{proxy.ConnectionString};Timeout=1;Command Timeout=1;Cancellation Timeout=500");
        var run = worker.TryUploadAsync();
        await Calls.UntilAsync(() => stage.Google.Calls.Count > 0, "a batch in flight");
        proxy.Silent = true;
        await run;
        proxy.Silent = false;
        return await stage.StartWorkerAsync();
    }
}
