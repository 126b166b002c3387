using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Reliability.Proxy;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Faults;

/// <summary>The way between worker and PostgreSQL in trouble.</summary>
internal static class NetworkFaults
{
    public static IReadOnlyList<FaultScenario> All { get; } =
    [
        new("acknowledgement of a write-back lost", environment => LoseAnswerAsync(environment, Statements.WriteBack, "COMPLETED")),
        new("acknowledgement of a claim lost", environment => LoseAnswerAsync(environment, Statements.Claim, "PROCESSING")),
        new("acknowledgement of a recovery lost", LoseRecoveryAsync),
        new("connections to PostgreSQL cut", CutAsync),
        new("PostgreSQL slow to reach", DelayAsync),
        new("PostgreSQL unreachable without a word", SilenceAsync),
    ];

    private static async Task<WorkerClient> LoseAnswerAsync(ProofEnvironment environment, string statement, string committed)
    {
        await using var proxy = new PostgresProxy(environment.Database.WorkerConnectionString);
        var breakpoint = proxy.Set(statement, BreakpointKind.BeforeAnswer);
        var worker = await environment.StartWorkerAsync(proxy.ConnectionString);
        var run = worker.TryUploadAsync();
        await breakpoint.Reached;
        await environment.ExpectAsync(committed);
        breakpoint.Drop();
        await run;
        return await environment.StartWorkerAsync();
    }

    private static async Task<WorkerClient> LoseRecoveryAsync(ProofEnvironment environment)
    {
        environment.Google.SetBehaviour(null, CallBehaviour.HangAfterAccept);
        await using var proxy = new PostgresProxy(environment.Database.WorkerConnectionString);
        var stuck = await environment.StartWorkerAsync(null, null, ("GoogleAds:RequestTimeout", "00:00:03"));
        var run = stuck.TryUploadAsync();
        await Calls.UntilAsync(() => environment.Google.Calls.Count >= environment.Sites.Length, "every group in flight");
        await environment.LetTimePassAsync();

        var breakpoint = proxy.Set(Statements.Recovery, BreakpointKind.BeforeAnswer);
        var worker = await environment.StartWorkerAsync(proxy.ConnectionString);
        var recovery = worker.TryRecoverAsync();
        await breakpoint.Reached;
        await environment.ExpectAsync("QUEUED");
        breakpoint.Drop();
        await recovery;
        environment.Google.SetBehaviour(null, CallBehaviour.Normal);
        var other = await environment.StartWorkerAsync();
        await other.TryUploadAsync();
        await run;
        return other;
    }

    private static async Task<WorkerClient> CutAsync(ProofEnvironment environment)
    {
        environment.Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromMilliseconds(100)));
        await using var proxy = new PostgresProxy(environment.Database.WorkerConnectionString);
        var worker = await environment.StartWorkerAsync(proxy.ConnectionString, null, ("Upload:MaxParallelGroups", "2"));
        var run = worker.TryUploadAsync();
        while (!run.IsCompleted)
        {
            proxy.CutAll();
            await Task.Delay(30);
        }

        return await environment.StartWorkerAsync();
    }

    private static async Task<WorkerClient> DelayAsync(ProofEnvironment environment)
    {
        await using var proxy = new PostgresProxy(environment.Database.WorkerConnectionString)
        {
            Delay = TimeSpan.FromMilliseconds(10),
        };
        var (one, other) = (
            await environment.StartWorkerAsync(proxy.ConnectionString), await environment.StartWorkerAsync(proxy.ConnectionString));
        await Task.WhenAll(one.TryUploadAsync(), other.TryUploadAsync());
        return await environment.StartWorkerAsync();
    }

    private static async Task<WorkerClient> SilenceAsync(ProofEnvironment environment)
    {
        environment.Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromMilliseconds(100)));
        await using var proxy = new PostgresProxy(environment.Database.WorkerConnectionString);
        // An operator's limits, so that the scenario does not take the driver's half minute.
        var worker = await environment.StartWorkerAsync(
            $"{proxy.ConnectionString};Timeout=1;Command Timeout=1;Cancellation Timeout=500");
        var run = worker.TryUploadAsync();
        await Calls.UntilAsync(() => environment.Google.Calls.Count > 0, "a batch in flight");
        proxy.Silent = true;
        await run;
        proxy.Silent = false;
        return await environment.StartWorkerAsync();
    }
}
