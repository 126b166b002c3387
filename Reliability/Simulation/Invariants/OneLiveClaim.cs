using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Simulation.Invariants;

/// <summary>4. A row has at most one live claim, and only the one who holds it writes.</summary>
internal sealed class OneLiveClaim(World world) : Invariant(world)
{
    public override void RowChanged(QueueRow? before, QueueRow after, StoreWrite by, Guid? token)
    {
        if (by == StoreWrite.Claim && before is not { IsWaiting: true })
            Broken($"sale {NumberOf(after)} is claimed while {before?.Status}");
        if (by is StoreWrite.WriteBack or StoreWrite.Release
            && (before is not { Status: RowStatus.Processing } || before.ClaimToken != token))
            Broken($"{by} under a stale claim changes sale {NumberOf(after)}");
        if ((after.Status == RowStatus.Processing) != (after.ClaimToken is not null))
            Broken($"sale {NumberOf(after)} is {after.Status} with claim {after.ClaimToken is not null}");
    }
}
