using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Reliability.Proxy;
using OpsMantik.Reliability.Stages;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Faults;

/// <summary>Two workers at the same rows, one of them held at the narrowest place: executed and not yet committed.</summary>
internal static class RaceFaults
{
    // The other worker skips what is locked and is long done, unless it waits for the lock, which must not help it.
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(2);

    public static IReadOnlyList<FaultScenario> All { get; } =
    [
        new("a claim inside another's", ClaimTwiceAsync),
        new("a recovery inside a write-back", RecoverInsideAsync),
    ];

    private static async Task<WorkerClient> ClaimTwiceAsync(Stage stage)
    {
        await using var proxy = new PostgresProxy(stage.Database.WorkerConnectionString);
        var (held, other) = (await stage.StartWorkerAsync(proxy.ConnectionString), await stage.StartWorkerAsync());
        var trap = proxy.Set(Statements.Claim, TrapKind.BeforeCommit);
        var first = held.TryUploadAsync();
        await trap.Reached;
        await stage.UntilRowsAreLockedAsync();
        await RaceAsync(trap, first, other.TryUploadAsync());
        return other;
    }

    private static async Task<WorkerClient> RecoverInsideAsync(Stage stage)
    {
        stage.Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromSeconds(1)));
        await using var proxy = new PostgresProxy(stage.Database.WorkerConnectionString);
        var (held, other) = (await stage.StartWorkerAsync(proxy.ConnectionString), await stage.StartWorkerAsync());
        var trap = proxy.Set(Statements.WriteBack, TrapKind.BeforeCommit);
        var first = held.TryUploadAsync();
        await Calls.UntilAsync(() => stage.Google.Calls.Count > 0, "a batch in flight");
        await stage.LetTimePassAsync();
        await trap.Reached;
        await RaceAsync(trap, first, other.TryRecoverAsync());
        stage.Google.SetBehaviour(null, CallBehaviour.Normal);
        return other;
    }

    private static async Task RaceAsync(Trap trap, Task first, Task second)
    {
        await Task.WhenAny(second, Task.Delay(LongEnough));
        trap.Open();
        await Task.WhenAll(first, second);
    }
}
