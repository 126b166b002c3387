using OpsMantik.Core.Queue;

namespace OpsMantik.Reliability.Simulation.Workers;

/// <summary>The queue as one run reaches it: over a way on which anything may happen.</summary>
internal sealed class SimulatedQueue(World world, SimulatedRun run) : IConversionQueue
{
    public Task<IReadOnlyList<ClaimedGroup>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken) =>
        world.CallStoreAsync(run, "claim", async () =>
        {
            var groups = await run.Worker.Queue.ClaimAsync(request, cancellationToken);
            foreach (var group in groups)
                world.Judges.Claimed(run, group);
            if (groups.Sum(group => group.Jobs.Count) >= request.Limit)
                world.Judges.ClaimFilled();
            return groups;
        }, groups => groups.Sum(group => group.Jobs.Count));

    public Task<WriteBackCounts> WriteBackAsync(
        ClaimedGroup group,
        IReadOnlyList<JobResult> results,
        CircuitSignal signal,
        TimeSpan duration,
        TimeSpan firstCheck,
        CancellationToken cancellationToken) =>
        world.CallStoreAsync(
            run, "write back",
            () => run.Worker.Queue.WriteBackAsync(group, results, signal, duration, firstCheck, cancellationToken),
            counts => counts.Changed);

    public Task<int> ReleaseAsync(ClaimedGroup group, bool maySent, CancellationToken cancellationToken) =>
        world.CallStoreAsync(
            run, "release", () => run.Worker.Queue.ReleaseAsync(group, maySent, cancellationToken), rows => rows);

    public Task<int> RecoverAsync(int minAgeMinutes, CancellationToken cancellationToken) =>
        world.CallStoreAsync(run, "recover", async () =>
        {
            var rows = await run.Worker.Queue.RecoverAsync(minAgeMinutes, cancellationToken);
            world.Judges.Recovered(minAgeMinutes);
            return rows;
        }, rows => rows);
}
