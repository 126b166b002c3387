using OpsMantik.Core.Queue;

namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>WriteBack.sql: only rows still under the claim change, and all else is derived from those that did.</summary>
internal static class MemoryWriteBack
{
    public static WriteBackCounts WriteBack(
        this MemoryStore store, ClaimedGroup group, IReadOnlyList<JobResult> results, CircuitSignal signal, TimeSpan firstCheck)
    {
        var (now, key) = (store.Now, new GroupKey(group.SiteId, group.ProviderKey));
        var written = results.Where(result => store.Row(result.JobId).IsHeldBy(group.ClaimToken)).ToList();
        if (written.Count == 0)
            return default;
        foreach (var result in written)
        {
            var row = store.Row(result.JobId);
            store.Put(
                row.With(result, now) with
                {
                    ClaimCount = row.ClaimCount - (result.Outcome.MayHaveBeenSent ? 0 : 1),
                    ClaimToken = null,
                    ClaimedAt = null,
                    RequestId = result.Outcome.RequestId ?? row.RequestId,
                    RequestIndex = result.Outcome.RequestIndex,
                    Reference = result.Reference ?? row.Reference,
                },
                StoreWrite.WriteBack,
                group.ClaimToken);
        }

        foreach (var request in Submitted(written).Select(result => result.Outcome.RequestId!).Distinct())
        {
            store.Put((store.Request(key, request) ?? new RequestRow(key, request) { SubmittedAt = now }) with
            {
                NextCheckAt = now + firstCheck,
                SettledAt = null,
            });
        }

        var counters = new Counters(
            written.Count,
            written.Count(result => result.Status == JobStatus.Completed),
            written.Count(result => result.Status == JobStatus.Failed),
            written.Count(result => result.Status == JobStatus.Retry),
            Submitted(written).Count());
        store.Finish(group.ClaimToken, key, counters, written);
        store.SettleCircuit(key, group.ClaimToken, signal);
        return new WriteBackCounts(
            written.Count, (int)counters.Completed, (int)counters.Failed, (int)counters.Retry, (int)counters.Submitted);
    }

    /// <summary>Counters and the ledger's FINISHED line, in which the most frequent error stands for the batch.</summary>
    public static void Finish(
        this MemoryStore store, Guid batch, GroupKey group, Counters counters, IReadOnlyList<JobResult> written)
    {
        store.Count(group, counters);
        var errors = written.Select(result => result.Outcome).Where(outcome => outcome.Category is not null).ToList();
        store.Add(new LedgerLine(
            batch, group, Finished: true, written.Count,
            (int)counters.Completed, (int)counters.Failed, (int)counters.Retry, (int)counters.Submitted,
            Mode(errors.Select(error => error.Code)), Mode(errors.Select(error => error.Category))));
    }

    private static IEnumerable<JobResult> Submitted(IEnumerable<JobResult> results) =>
        results.Where(result => result.Status == JobStatus.Submitted);

    private static T? Mode<T>(IEnumerable<T> values) => values
        .GroupBy(value => value)
        .OrderByDescending(same => same.Count())
        .ThenBy(same => $"{same.Key}", StringComparer.Ordinal)
        .Select(same => same.Key)
        .FirstOrDefault();
}
