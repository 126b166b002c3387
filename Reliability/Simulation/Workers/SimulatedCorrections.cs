using OpsMantik.Core.Corrections;
using OpsMantik.Core.Queue;

namespace OpsMantik.Reliability.Simulation.Workers;

/// <summary>Corrections as one run reaches them.</summary>
internal sealed class SimulatedCorrections(World world, SimulatedRun run) : ICorrectionStore
{
    public Task CorrectPendingAsync(CancellationToken cancellationToken) =>
        world.CallStoreAsync(run, "correct pending", async () =>
        {
            await run.Worker.Corrections.CorrectPendingAsync(cancellationToken);
            return 0;
        }, done => done);

    public Task<IReadOnlyList<CorrectionGroup>> ClaimAsync(
        string providerKey, int limit, int groupLimit, CancellationToken cancellationToken) =>
        world.CallStoreAsync(run, "claim corrections", async () =>
        {
            var groups = await run.Worker.Corrections.ClaimAsync(providerKey, limit, groupLimit, cancellationToken);
            foreach (var group in groups)
                world.InvariantChecks.CorrectionsClaimed(run, group);
            return groups;
        }, groups => groups.Sum(group => group.Jobs.Count));

    public Task<WriteBackCounts> WriteBackAsync(
        CorrectionGroup group, IReadOnlyList<JobResult> results, CircuitSignal signal, TimeSpan duration,
        CancellationToken cancellationToken) =>
        world.CallStoreAsync(
            run, "write back corrections",
            () => run.Worker.Corrections.WriteBackAsync(group, results, signal, duration, cancellationToken),
            counts => counts.Changed);

    public Task<int> ReleaseAsync(CorrectionGroup group, bool maySent, CancellationToken cancellationToken) =>
        world.CallStoreAsync(
            run, "release corrections",
            () => run.Worker.Corrections.ReleaseAsync(group, maySent, cancellationToken), rows => rows);

    public Task<int> RecoverAsync(int minAgeMinutes, CancellationToken cancellationToken) =>
        world.CallStoreAsync(
            run, "recover corrections", () => run.Worker.Corrections.RecoverAsync(minAgeMinutes, cancellationToken), rows => rows);
}
