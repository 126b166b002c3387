using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Reliability.Proxy;
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

    private static async Task<WorkerClient> ClaimTwiceAsync(ProofEnvironment environment)
    {
        await using var proxy = new PostgresProxy(environment.Database.WorkerConnectionString);
        var (held, other) = (await environment.StartWorkerAsync(proxy.ConnectionString), await environment.StartWorkerAsync());
        var breakpoint = proxy.Set(Statements.Claim, BreakpointKind.BeforeCommit);
        var first = held.TryUploadAsync();
        await breakpoint.Reached;
        await environment.UntilRowsAreLockedAsync();
        await RaceAsync(breakpoint, first, other.TryUploadAsync());
        return other;
    }

    private static async Task<WorkerClient> RecoverInsideAsync(ProofEnvironment environment)
    {
        environment.Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromSeconds(1)));
        await using var proxy = new PostgresProxy(environment.Database.WorkerConnectionString);
        var (held, other) = (await environment.StartWorkerAsync(proxy.ConnectionString), await environment.StartWorkerAsync());
        var breakpoint = proxy.Set(Statements.WriteBack, BreakpointKind.BeforeCommit);
        var first = held.TryUploadAsync();
        await Calls.UntilAsync(() => environment.Google.Calls.Count > 0, "a batch in flight");
        await environment.LetTimePassAsync();
        await breakpoint.Reached;
        await RaceAsync(breakpoint, first, other.TryRecoverAsync());
        environment.Google.SetBehaviour(null, CallBehaviour.Normal);
        return other;
    }

    private static async Task RaceAsync(Breakpoint breakpoint, Task first, Task second)
    {
        await Task.WhenAny(second, Task.Delay(LongEnough));
        breakpoint.Open();
        await Task.WhenAll(first, second);
    }
}
