using OpsMantik.Core.Providers;

namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>The recovery's functions of 0008_liveness.sql.</summary>
internal static class MemoryRecovery
{
    private const int MostClaims = 25;

    public static int FailEndless(this MemoryStore store, int minAgeMinutes)
    {
        var endless = store.Stuck(minAgeMinutes)
            .Where(row => row.ClaimCount >= MostClaims && row.ErrorCode is null)
            .ToList();
        foreach (var row in endless)
        {
            store.Put(
                row.Back() with
                {
                    Status = RowStatus.Failed,
                    ErrorCode = "WORKER_ERROR",
                    ErrorCategory = ErrorCategory.Transient,
                },
                StoreWrite.Recover);
        }

        foreach (var claim in endless.CountBy(row => (row.ClaimToken, row.Group)))
        {
            store.Count(claim.Key.Group, new Counters(claim.Value, 0, claim.Value, 0, 0));
            store.Add(new LedgerLine(
                claim.Key.ClaimToken!.Value, claim.Key.Group, Finished: true, claim.Value, 0, claim.Value, 0, 0, "WORKER_ERROR", ErrorCategory.Transient));
        }

        return endless.Count;
    }

    public static int Recover(this MemoryStore store, int minAgeMinutes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minAgeMinutes, 1);
        store.FailEndless(minAgeMinutes);
        var stuck = store.Stuck(minAgeMinutes).ToList();
        foreach (var row in stuck)
            store.Put(row.Back(), StoreWrite.Recover);
        return stuck.Count;
    }

    private static IEnumerable<QueueRow> Stuck(this MemoryStore store, int minAgeMinutes)
    {
        var (before, after) = (store.Now - TimeSpan.FromMinutes(minAgeMinutes), store.Now + TimeSpan.FromHours(1));
        return store.Rows.Where(row => row.Status == RowStatus.Processing
            && (row.ClaimedAt < before || row.ClaimedAt > after) && !store.Locked.Contains(row.Id));
    }
}
