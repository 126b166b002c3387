using OpsMantik.Core.Confirmations;
using OpsMantik.Core.Queue;

namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>Submitted requests in memory: what <see cref="ConfirmationStore"/> is over PostgreSQL.</summary>
internal sealed class MemoryConfirmations(MemoryStore store) : IConfirmationStore
{
    public Task<IReadOnlyList<LeasedRequest>> LeaseAsync(
        string providerKey, Guid token, int limit, TimeSpan giveUpAfter, CancellationToken cancellationToken)
    {
        var now = store.Now;
        var due = store.Requests
            .Where(request => request.Group.ProviderKey == providerKey && request.SettledAt is null
                && request.NextCheckAt <= now && !(request.LeaseUntil > now))
            .OrderBy(request => request.NextCheckAt)
            .Take(limit)
            .Select(request => request with
            {
                LeaseToken = token,
                LeaseUntil = now + ConfirmationStore.Lease,
                CheckCount = request.CheckCount + 1,
            })
            .ToList();
        due.ForEach(store.Put);
        return Task.FromResult<IReadOnlyList<LeasedRequest>>(
            [.. due.OrderBy(request => request.Group.SiteId).ThenBy(request => request.RequestId, StringComparer.Ordinal)
                .Select(request => new LeasedRequest(
                    token, request.Group.SiteId, providerKey, request.RequestId, request.CheckCount,
                    request.SubmittedAt <= now - giveUpAfter, store.Credentials.GetValueOrDefault(request.Group),
                    [.. OpenRows(request).Select(row =>
                        new SubmittedRow(row.Id, row.RequestIndex, row.RetryCount, row.ClaimCount, row.ConversionTime))]))]);
    }

    public Task<WriteBackCounts> SettleAsync(
        LeasedRequest request, IReadOnlyList<JobResult> results, CircuitSignal signal, CancellationToken cancellationToken) =>
        SettleAsync(request, results, signal, isLast: true);

    public Task<WriteBackCounts> SettlePartAsync(
        LeasedRequest request, IReadOnlyList<JobResult> results, CircuitSignal signal, CancellationToken cancellationToken) =>
        SettleAsync(request, results, signal, isLast: false);

    // Nothing is refused here.
    public Task<RefusedEnd> EndRefusedAsync(
        LeasedRequest request, Guid jobId, string state, CancellationToken cancellationToken) =>
        Task.FromResult(RefusedEnd.NotOurs);

    private Task<WriteBackCounts> SettleAsync(
        LeasedRequest request, IReadOnlyList<JobResult> results, CircuitSignal signal, bool isLast)
    {
        if (Held(request) is not { } held)
            return Task.FromResult(default(WriteBackCounts));
        var now = store.Now;
        if (isLast)
            store.Put(held with { SettledAt = now, LeaseToken = null, LeaseUntil = null });
        var open = OpenRows(held).Select(row => row.Id).ToHashSet();
        var written = results.Where(result => open.Contains(result.JobId)).ToList();
        if (written.Count == 0)
            return Task.FromResult(default(WriteBackCounts));
        foreach (var result in written)
            store.Put(store.Row(result.JobId).With(result, now), StoreWrite.Settle, request.LeaseToken);

        // No attempt: that was counted when the request was submitted.
        var counters = new Counters(
            0,
            written.Count(result => result.Status == JobStatus.Completed),
            written.Count(result => result.Status == JobStatus.Failed),
            written.Count(result => result.Status == JobStatus.Retry),
            0);
        store.Finish(request.LeaseToken, held.Group, counters, written);
        if (signal == CircuitSignal.TransientFailure)
            store.RecordOutcome(held.Group, signal);
        return Task.FromResult(new WriteBackCounts(
            written.Count, (int)counters.Completed, (int)counters.Failed, (int)counters.Retry, 0));
    }

    public Task PostponeAsync(LeasedRequest request, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (Held(request) is { } held)
            store.Put(held with { NextCheckAt = store.Now + wait, LeaseToken = null, LeaseUntil = null });
        return Task.CompletedTask;
    }

    private RequestRow? Held(LeasedRequest request) =>
        store.Request(new GroupKey(request.SiteId, request.ProviderKey), request.RequestId) is { SettledAt: null } row
        && row.LeaseToken == request.LeaseToken
            ? row
            : null;

    private IEnumerable<QueueRow> OpenRows(RequestRow request) => store.RowsOf(request.Group)
        .Where(row => row.Status == RowStatus.Submitted && row.RequestId == request.RequestId)
        .OrderBy(row => row.RequestIndex ?? int.MaxValue);
}

/// <summary>A row of <c>provider_upload_requests</c> at one moment.</summary>
internal sealed record RequestRow(GroupKey Group, string RequestId)
{
    public required DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset NextCheckAt { get; init; }

    public int CheckCount { get; init; }

    public Guid? LeaseToken { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    public DateTimeOffset? SettledAt { get; init; }
}
