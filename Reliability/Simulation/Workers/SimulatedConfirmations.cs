using OpsMantik.Core.Confirmations;
using OpsMantik.Core.Queue;

namespace OpsMantik.Reliability.Simulation.Workers;

/// <summary>Submitted requests as one run reaches them.</summary>
internal sealed class SimulatedConfirmations(World world, SimulatedRun run) : IConfirmationStore
{
    public Task<IReadOnlyList<LeasedRequest>> LeaseAsync(
        string providerKey, Guid token, int limit, TimeSpan giveUpAfter, CancellationToken cancellationToken) =>
        world.CallStoreAsync(
            run, "lease",
            () => run.Worker.Confirmations.LeaseAsync(providerKey, token, limit, giveUpAfter, cancellationToken),
            requests => requests.Count);

    public Task<WriteBackCounts> SettleAsync(
        LeasedRequest request, IReadOnlyList<JobResult> results, CircuitSignal signal, CancellationToken cancellationToken) =>
        world.CallStoreAsync(
            run, "settle",
            () => run.Worker.Confirmations.SettleAsync(request, results, signal, cancellationToken),
            counts => counts.Changed);

    public Task PostponeAsync(LeasedRequest request, TimeSpan wait, CancellationToken cancellationToken) =>
        world.CallStoreAsync(run, "postpone", async () =>
        {
            await run.Worker.Confirmations.PostponeAsync(request, wait, cancellationToken);
            return 0;
        }, done => done);
}
