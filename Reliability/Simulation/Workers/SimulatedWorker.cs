using System.Diagnostics.Metrics;
using OpsMantik.Core.Confirmations;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Queue;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Simulation.Workers;

/// <summary>One life of a worker process: from its start to its crash.</summary>
internal sealed class SimulatedWorker(int number, MemoryStore store, Random random)
{
    public int Number => number;

    public WorkerScheduler Scheduler { get; } = new();

    public WorkerClock Clock { get; } = new() { Offset = TimeSpan.FromMinutes(random.Next(-120, 120)) };

    public MemoryQueue Queue { get; } = new(store, random);

    public MemoryConfirmations Confirmations { get; } = new(store);

    public MemoryCorrections Corrections { get; } = new(store, random);

    public List<SimulatedRun> Runs { get; } = [];

    /// <summary>Until then it stands still, by the world's clock.</summary>
    public DateTimeOffset StalledUntil { get; set; }

    /// <summary>How long it has stood still in all.</summary>
    public TimeSpan Stalled { get; set; }
}

/// <summary>The queue as one run reaches it: over a way on which anything may happen.</summary>
internal sealed class SimulatedQueue(World world, SimulatedRun run) : IConversionQueue
{
    public Task<IReadOnlyList<ClaimedGroup>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken) =>
        world.CallStoreAsync(run, "claim", async () =>
        {
            var groups = await run.Worker.Queue.ClaimAsync(request, cancellationToken);
            foreach (var group in groups)
                world.InvariantChecks.Claimed(run, group);
            if (groups.Sum(group => group.Jobs.Count) >= request.Limit)
                world.InvariantChecks.ClaimFilled();
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

    public Task ShiftAsync(ClaimedGroup group, IReadOnlyDictionary<Guid, int> shifts, CancellationToken cancellationToken) =>
        world.CallStoreAsync(run, "shift", async () =>
        {
            await run.Worker.Queue.ShiftAsync(group, shifts, cancellationToken);
            return shifts.Count;
        }, rows => rows);

    public Task<int> ReleaseAsync(ClaimedGroup group, bool maySent, CancellationToken cancellationToken) =>
        world.CallStoreAsync(
            run, "release", () => run.Worker.Queue.ReleaseAsync(group, maySent, cancellationToken), rows => rows);

    public Task<IReadOnlySet<Guid>> ReadIsolatedAsync(string providerKey, CancellationToken cancellationToken) =>
        run.Worker.Queue.ReadIsolatedAsync(providerKey, cancellationToken);

    public Task<RefusedEnd> EndRefusedAsync(
        ClaimedGroup group, Guid jobId, string state, CancellationToken cancellationToken) =>
        world.CallStoreAsync(
            run, "end refused", () => run.Worker.Queue.EndRefusedAsync(group, jobId, state, cancellationToken),
            end => end == RefusedEnd.Failed ? 1 : 0);

    public Task<int> FailEndlessAsync(int minAgeMinutes, CancellationToken cancellationToken) =>
        world.CallStoreAsync(
            run, "fail endless", () => run.Worker.Queue.FailEndlessAsync(minAgeMinutes, cancellationToken), rows => rows);

    public Task<int> RecoverAsync(int minAgeMinutes, CancellationToken cancellationToken) =>
        world.CallStoreAsync(run, "recover", async () =>
        {
            var rows = await run.Worker.Queue.RecoverAsync(minAgeMinutes, cancellationToken);
            world.InvariantChecks.Recovered(minAgeMinutes);
            return rows;
        }, rows => rows);

    public Task<int> ClearIdentifiersAsync(TimeSpan age, CancellationToken cancellationToken) =>
        run.Worker.Queue.ClearIdentifiersAsync(age, cancellationToken);
}

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

    public Task<WriteBackCounts> SettlePartAsync(
        LeasedRequest request, IReadOnlyList<JobResult> results, CircuitSignal signal, CancellationToken cancellationToken) =>
        world.CallStoreAsync(
            run, "settle a part",
            () => run.Worker.Confirmations.SettlePartAsync(request, results, signal, cancellationToken),
            counts => counts.Changed);

    public Task<RefusedEnd> EndRefusedAsync(
        LeasedRequest request, Guid jobId, string state, CancellationToken cancellationToken) =>
        world.CallStoreAsync(
            run, "end refused", () => run.Worker.Confirmations.EndRefusedAsync(request, jobId, state, cancellationToken),
            end => end == RefusedEnd.Failed ? 1 : 0);

    public Task PostponeAsync(LeasedRequest request, TimeSpan wait, CancellationToken cancellationToken) =>
        world.CallStoreAsync(run, "postpone", async () =>
        {
            await run.Worker.Confirmations.PostponeAsync(request, wait, cancellationToken);
            return 0;
        }, done => done);
}

/// <summary>Its line is not looked at here; every run looks for corrections.</summary>
internal sealed class NoBacklog : IBacklogSnapshot
{
    public Task<bool> TakeAsync(string[] providers, bool corrected, CancellationToken cancellationToken) => Task.FromResult(corrected);

    public Task NoteEndAsync() => Task.CompletedTask;
}

/// <summary>Meters that nobody listens to.</summary>
internal sealed class NoMeters : IMeterFactory
{
    public Meter Create(MeterOptions options) => new(options);

    public void Dispose()
    {
    }
}
