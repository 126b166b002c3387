using OpsMantik.Core.Runs;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Simulation.Invariants;

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
