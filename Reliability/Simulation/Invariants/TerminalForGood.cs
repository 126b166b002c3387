using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Simulation.Invariants;

/// <summary>3. COMPLETED and FAILED never change again; nobody re-queues by hand here.</summary>
internal sealed class TerminalForGood(World world) : Invariant(world)
{
    public override void RowChanged(QueueRow? before, QueueRow after, StoreWrite by, Guid? token)
    {
        if (before is { IsTerminal: true })
            Broken($"{by} changes sale {NumberOf(after)} from {before.Status} to {after.Status}");
    }
}
