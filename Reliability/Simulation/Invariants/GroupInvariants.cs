using OpsMantik.Core.Queue;
using OpsMantik.Reliability.Simulation.Store;
using OpsMantik.Reliability.Simulation.Workers;

namespace OpsMantik.Reliability.Simulation.Invariants;

/// <summary>
/// 7. Only legal transitions, no claim of an OPEN group, at most one live probe of at most probe_limit rows per group, and
/// HALF_OPEN never stuck for longer than one lease.
/// </summary>
internal sealed class CircuitKept(World world) : Invariant(world)
{
    private static readonly TimeSpan Turn = TimeSpan.FromMinutes(12);

    private readonly Dictionary<GroupKey, DateTimeOffset> _openedAt = [];
    private readonly Dictionary<GroupKey, DateTimeOffset> _idleSince = [];
    private DateTimeOffset? _writtenClaim;

    public override void RowChanged(QueueRow? before, QueueRow after, StoreWrite by, Guid? token)
    {
        _writtenClaim = by == StoreWrite.WriteBack ? before?.ClaimedAt : null;
        if (by == StoreWrite.Claim && World.Store.CircuitOf(after.Group).State == CircuitState.Open)
            Broken($"sale {NumberOf(after)} of an OPEN group is claimed");
    }

    public override void CorrectionChanged(CorrectionRow? before, CorrectionRow after, StoreWrite by, Guid? token) =>
        _writtenClaim = by == StoreWrite.WriteBack ? before?.ClaimedAt : null;

    public override void CircuitChanged(Circuit before, Circuit after)
    {
        var legal = (before.State, after.State) switch
        {
            (CircuitState.Closed, CircuitState.Open) => before.FailureCount >= 4,
            (CircuitState.Closed, CircuitState.HalfOpen) => false,
            (CircuitState.Open, CircuitState.HalfOpen) => !before.IsGated(World.Now) && after.ProbeToken is not null,
            (CircuitState.HalfOpen, CircuitState.Open) => !(before.ProbeLeaseUntil > World.Now),
            // A batch that was on its way before the group opened has come through.
            (CircuitState.Open, CircuitState.Closed) => _writtenClaim <= _openedAt.GetValueOrDefault(after.Group),
            _ => true,
        };
        if (!legal)
            Broken($"circuit {before.State} to {after.State}");
        if (after.State == CircuitState.Open && before.State != CircuitState.Open)
            _openedAt[after.Group] = World.Now;
        if (after.ProbeToken is not null && after.ProbeToken != before.ProbeToken && before.ProbeLeaseUntil > World.Now)
            Broken("a second probe is taken while one is live");
        if (after.ProbeLeaseUntil > World.Now + Claim.Lease)
            Broken($"a probe's lease lasts until {after.ProbeLeaseUntil}");
    }

    public override void Claimed(SimulatedRun run, ClaimedGroup group)
    {
        var key = new GroupKey(group.SiteId, group.ProviderKey);
        // Probed: whatever waits from now on waits anew. Time may not pass before its next row is due.
        _idleSince.Remove(key);
        var limit = World.Store.CircuitOf(key).ProbeLimit;
        if (group.IsProbe && group.Jobs.Count > limit)
            Broken($"a probe of {group.Jobs.Count} rows");
    }

    // Whoever found no room in it has the next turn.
    public override void ClaimFilled() => _idleSince.Clear();

    public override void TimePassed()
    {
        if (!World.IsDraining)
            return;
        foreach (var circuit in World.Store.Circuits)
        {
            var idle = circuit.State == CircuitState.HalfOpen && circuit.MayProbe(World.Now)
                && World.Store.RowsOf(circuit.Group).Any(row => row.IsWaiting && row.DueAt <= World.Now);
            if (!idle)
                _idleSince.Remove(circuit.Group);
            else if (World.Now - (_idleSince.TryAdd(circuit.Group, World.Now) ? World.Now : _idleSince[circuit.Group]) > Turn)
                Broken("a HALF_OPEN group with due rows is not probed");
        }
    }
}

/// <summary>9. Counters equal the sum of row outcomes: each change of a row is counted once.</summary>
internal sealed class CountersAddUp(World world) : Invariant(world)
{
    private readonly Dictionary<GroupKey, Counters> _outcomes = [];

    public override void RowChanged(QueueRow? before, QueueRow after, StoreWrite by, Guid? token)
    {
        if (by is not (StoreWrite.WriteBack or StoreWrite.Settle))
            return;
        _outcomes[after.Group] = _outcomes.GetValueOrDefault(after.Group) + new Counters(
            by == StoreWrite.WriteBack ? 1 : 0,
            after.Status == RowStatus.Completed ? 1 : 0,
            after.Status == RowStatus.Failed ? 1 : 0,
            after.Status == RowStatus.Retry ? 1 : 0,
            after.Status == RowStatus.Submitted ? 1 : 0);
    }

    public override void RunEnded(SimulatedRun run)
    {
        foreach (var (group, outcomes) in _outcomes)
        {
            if (World.Store.Counters[group] != outcomes)
                Broken($"counters are {World.Store.Counters[group]} and the rows' outcomes {outcomes}");
        }
    }

    public override void Ended()
    {
        foreach (var (group, counters) in World.Store.Counters)
        {
            var rows = World.Store.RowsOf(group).ToList();
            // One that failed may have been canceled since, and confirmed again.
            if (counters.Completed != rows.Count(row => row.Status == RowStatus.Completed)
                || counters.Failed < rows.Count(row => row.Status == RowStatus.Failed && row.ErrorCode != MemorySales.Canceled)
                || counters.Attempts != counters.Completed + counters.Failed + counters.Retry)
                Broken($"after the drain the counters are {counters}");
        }
    }
}
