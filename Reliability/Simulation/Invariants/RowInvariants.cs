using OpsMantik.Core.Queue;
using OpsMantik.Core.Runs;
using OpsMantik.Reliability.Simulation.Google;
using OpsMantik.Reliability.Simulation.Store;
using OpsMantik.Reliability.Simulation.Workers;

namespace OpsMantik.Reliability.Simulation.Invariants;

/// <summary>
/// 1. Every queued row is in exactly one state; after a full drain each is terminal, COMPLETED only with its effect and
/// FAILED only for a reason.
/// </summary>
internal sealed class Conserved(World world) : Invariant(world)
{
    public override void Ended()
    {
        if (World.Store.Rows.Count != World.Sales.Count)
            Broken($"{World.Sales.Count} rows were queued and {World.Store.Rows.Count} are there");
        foreach (var row in World.Store.Rows.Where(row => IsLost(row, World)))
            Broken($"lost: sale {NumberOf(row)} ({World.Sales[row.Id].Nature}) is {row.Status} {row.ErrorCode} after {row.RetryCount} attempts");
    }

    public static bool IsLost(QueueRow row, World world) => row.Status switch
    {
        RowStatus.Completed => !world.Google.Has(world.Sales[row.Id]),
        RowStatus.Failed => row.ErrorCode != MemorySales.Canceled && !IsFair(row, world.Sales[row.Id].Nature),
        _ => true,
    };

    private static bool IsFair(QueueRow row, GoogleDecision nature) =>
        row.RetryCount >= RetryPolicy.MaxAttempts
        || (nature == GoogleDecision.Refused && row.ErrorCode == "EXPIRED_EVENT")
        || (nature == GoogleDecision.Unreadable && row.ErrorCode == ConversionReader.InvalidPayload)
        || row.ErrorCode is "INVALID_GRANT" or "CREDENTIALS_MISSING" or "CREDENTIALS_UNREADABLE";
}

/// <summary>
/// 3. COMPLETED and FAILED never change again; nobody re-queues by hand here. But a sale that failed may be canceled, a canceled one
/// confirmed again, and what failed before it was counted gets the sale's new value.
/// </summary>
internal sealed class TerminalForGood(World world) : Invariant(world)
{
    public override void RowChanged(QueueRow? before, QueueRow after, StoreWrite by, Guid? token)
    {
        if (before is { IsTerminal: true } && !(by == StoreWrite.Sale && before.Status == RowStatus.Failed))
            Broken($"{by} changes sale {NumberOf(after)} from {before.Status} to {after.Status}");
    }
}

/// <summary>5. retry_count grows by one per real attempt, by none for anything else, and never above the maximum.</summary>
internal sealed class AttemptsCounted(World world) : Invariant(world)
{
    private readonly Dictionary<Guid, int> _thrown = [];
    private readonly HashSet<Guid> _anew = [];

    // A bug of the provider's code is an attempt that has no answer.
    public override void AnswerLost(Delivery delivery)
    {
        foreach (var conversion in delivery.Conversions)
            _thrown[conversion.Id] = _thrown.GetValueOrDefault(conversion.Id) + 1;
    }

    public override void RowChanged(QueueRow? before, QueueRow after, StoreWrite by, Guid? token)
    {
        var grown = after.RetryCount - (before?.RetryCount ?? 0);
        if (by == StoreWrite.Sale && before?.ErrorCode == MemorySales.Canceled && after.RetryCount == 0)
        {
            // A sale confirmed again starts anew.
            _anew.Add(after.Id);
            return;
        }

        if (grown is < 0 or > 1 || (grown == 1 && by is not (StoreWrite.WriteBack or StoreWrite.Settle)))
            Broken($"{by} changes the attempts of sale {NumberOf(after)} by {grown}");
        if (after.RetryCount > RetryPolicy.MaxAttempts)
            Broken($"sale {NumberOf(after)} has {after.RetryCount} attempts");
    }

    public override void Ended()
    {
        foreach (var row in World.Store.Rows.Where(row => World.Sites[row.Group.SiteId].IsSound(World)))
        {
            var answered = World.Sales[row.Id].AttemptsAnswered;
            if (row.RetryCount > answered + _thrown.GetValueOrDefault(row.Id) || (!World.HasFaults && row.RetryCount != answered && !_anew.Contains(row.Id)))
                Broken($"sale {NumberOf(row)} has {row.RetryCount} attempts of {answered} answered ones");
        }
    }
}

/// <summary>6. No row stays PROCESSING longer than the recovery age plus one recovery interval.</summary>
internal sealed class NotStuck(World world) : Invariant(world)
{
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(RecoveryRun.DefaultMinAgeMinutes);

    // Without faults every interval has its recovery; it takes its turn among the runs of the moment.
    private static readonly TimeSpan Turn = TimeSpan.FromMinutes(2);

    private DateTimeOffset _recovered = world.Now;

    // One that died, or that the store refused, leaves its rows to the next.
    public override void Recovered(int minAgeMinutes) => _recovered = World.Now;

    public override void TimePassed()
    {
        var sinceRecovery = World.Now - _recovered;
        foreach (var row in World.Store.Rows)
        {
            if (row.Status == RowStatus.Processing && World.Now - row.ClaimedAt > Age + sinceRecovery)
                Broken($"sale {NumberOf(row)} is PROCESSING since {World.Now - row.ClaimedAt}");
        }

        if (World.DrainingFor > World.RecoveryInterval + Turn
            && sinceRecovery > World.RecoveryInterval + Turn
            && World.Store.Rows.Any(row => row.Status == RowStatus.Processing && World.Now - row.ClaimedAt > Age + World.RecoveryInterval + Turn))
            Broken($"no recovery for {sinceRecovery}");
    }
}

/// <summary>
/// 10. After a stop or a spent budget no new request starts, none starts on a claim that is too old, and every run ends.
/// </summary>
internal sealed class InTime(World world) : Invariant(world)
{
    // What the simulation's own steps may add: time goes on while others are at work.
    private static readonly TimeSpan Steps = TimeSpan.FromSeconds(90);

    private readonly Dictionary<(SimulatedRun, Guid), long> _claimedAt = [];

    public override void Claimed(SimulatedRun run, ClaimedGroup group)
    {
        foreach (var job in group.Jobs)
            _claimedAt[(run, job.Id)] = run.Worker.Clock.GetTimestamp();
    }

    public override void Sending(Delivery delivery)
    {
        var run = delivery.Run;
        if (run.Stopping.IsCancellationRequested)
            Broken("a stopped run starts a request");
        if (run.BudgetSpent)
            Broken($"a run of {run.Elapsed} starts a request");
        if (run.Worker.Clock.GetElapsedTime(_claimedAt[(run, delivery.Conversions[0].Id)]) >= Claim.Lease)
            Broken("a request starts on a claim that is too old");
    }

    public override void RunEnded(SimulatedRun run)
    {
        if (run.Kind == RunKind.Recover)
            return;
        var grace = run.Stopping.IsCancellationRequested
            ? RunDeadline.Grace + TimeSpan.FromSeconds(3)
            : SimulatedProvider.RequestTimeout;
        if (run.Overtime > grace + Steps)
            Broken($"a run ends {run.Overtime} late");
    }
}
