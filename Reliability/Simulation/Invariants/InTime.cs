using OpsMantik.Core.Queue;
using OpsMantik.Core.Runs;
using OpsMantik.Reliability.Simulation.Google;
using OpsMantik.Reliability.Simulation.Workers;

namespace OpsMantik.Reliability.Simulation.Invariants;

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
