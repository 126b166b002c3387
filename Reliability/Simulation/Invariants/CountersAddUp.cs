using OpsMantik.Reliability.Simulation.Store;
using OpsMantik.Reliability.Simulation.Workers;

namespace OpsMantik.Reliability.Simulation.Invariants;

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
            if (counters.Completed != rows.Count(row => row.Status == RowStatus.Completed)
                || counters.Failed != rows.Count(row => row.Status == RowStatus.Failed)
                || counters.Attempts != counters.Completed + counters.Failed + counters.Retry)
                Broken($"after the drain the counters are {counters}");
        }
    }
}
