using OpsMantik.Core.Queue;

namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>One worker's queue over the store in memory: what <see cref="ConversionQueue"/> is over PostgreSQL.</summary>
internal sealed class MemoryQueue(MemoryStore store, Random random) : IConversionQueue
{
    private readonly Dictionary<string, Guid> _starts = [];

    public Task<IReadOnlyList<ClaimedGroup>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        var token = NextGuid();
        if (!_starts.TryGetValue(request.ProviderKey, out var start))
            _starts[request.ProviderKey] = start = NextGuid();
        var groups = new MemoryClaim(store, request, token, start).Run();
        if (groups.Count > 0)
            _starts[request.ProviderKey] = groups[^1].SiteId;
        return Task.FromResult<IReadOnlyList<ClaimedGroup>>([.. groups.OrderBy(group => group.SiteId)]);
    }

    public Task<WriteBackCounts> WriteBackAsync(
        ClaimedGroup group,
        IReadOnlyList<JobResult> results,
        CircuitSignal signal,
        TimeSpan duration,
        TimeSpan firstCheck,
        CancellationToken cancellationToken) =>
        Task.FromResult(store.WriteBack(group, results, signal, firstCheck));

    public Task ShiftAsync(ClaimedGroup group, IReadOnlyDictionary<Guid, int> shifts, CancellationToken cancellationToken)
    {
        foreach (var (id, seconds) in shifts)
        {
            if (store.Row(id) is var row && row.IsHeldBy(group.ClaimToken))
                store.Put(row with { TimeShift = seconds }, StoreWrite.Shift, group.ClaimToken);
        }

        return Task.CompletedTask;
    }

    public Task<int> ReleaseAsync(ClaimedGroup group, bool maySent, CancellationToken cancellationToken)
    {
        var key = new GroupKey(group.SiteId, group.ProviderKey);
        store.FreeProbe(key, group.ClaimToken);
        var rows = group.Jobs.Select(job => store.Row(job.Id)).Where(row => row.IsHeldBy(group.ClaimToken)).ToList();
        foreach (var row in rows)
            store.Put(row.Back() with { ClaimCount = row.ClaimCount - (maySent ? 0 : 1) }, StoreWrite.Release, group.ClaimToken);
        return Task.FromResult(rows.Count);
    }

    // Nothing is refused here.
    public Task<RefusedEnd> EndRefusedAsync(
        ClaimedGroup group, Guid jobId, string state, CancellationToken cancellationToken) =>
        Task.FromResult(RefusedEnd.NotOurs);

    public Task<int> FailEndlessAsync(int minAgeMinutes, CancellationToken cancellationToken) =>
        Task.FromResult(store.FailEndless(minAgeMinutes));

    public Task<int> RecoverAsync(int minAgeMinutes, CancellationToken cancellationToken) =>
        Task.FromResult(store.Recover(minAgeMinutes));

    // No row has any here.
    public Task<int> ClearIdentifiersAsync(TimeSpan age, CancellationToken cancellationToken) => Task.FromResult(0);

    public Task<IReadOnlySet<Guid>> ReadIsolatedAsync(string providerKey, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<Guid>>(store.Circuits
            .Where(circuit => circuit.IsIsolated && circuit.Group.ProviderKey == providerKey)
            .Select(circuit => circuit.Group.SiteId)
            .ToHashSet());

    private Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
