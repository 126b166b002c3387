namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>What an operator's commands do: CloseCircuit.sql, OpenCircuit.sql, FreeHeldRows.sql and Requeue.sql.</summary>
internal static class MemoryOperator
{
    public static void Close(this MemoryStore store, GroupKey group) => store.Put(store.CircuitOf(group) with
    {
        State = CircuitState.Closed,
        FailureCount = 0,
        NextProbeAt = null,
        ProbeToken = null,
        ProbeLeaseUntil = null,
    });

    /// <param name="isolate">Until a person closes it.</param>
    public static void Open(this MemoryStore store, GroupKey group, bool isolate) => store.Put(store.CircuitOf(group) with
    {
        State = CircuitState.Open,
        NextProbeAt = isolate ? DateTimeOffset.MaxValue : store.Now.AddMinutes(5),
        ProbeToken = null,
        ProbeLeaseUntil = null,
    });

    /// <summary>What follows <see cref="Close"/> and, for an isolation's rows only, <see cref="Open"/>.</summary>
    public static void FreeHeld(this MemoryStore store, GroupKey group, bool isolated)
    {
        var held = store.RowsOf(group).Where(row => row.IsWaiting && row.LastError == "CIRCUIT_OPEN"
            && (!isolated || row.NextRetryAt > store.Now.AddMinutes(10)) && !store.Locked.Contains(row.Id)).ToList();
        foreach (var row in held)
            store.Put(row with { NextRetryAt = null, LastError = null }, StoreWrite.Operator);
    }

    /// <summary>Rows of the status start anew.</summary>
    public static void Requeue(this MemoryStore store, GroupKey group, RowStatus status)
    {
        foreach (var row in store.RowsOf(group).Where(row => row.Status == status && !store.Locked.Contains(row.Id)).ToList())
        {
            store.Put(
                row with
                {
                    Status = RowStatus.Queued,
                    RetryCount = 0,
                    NextRetryAt = null,
                    LastError = null,
                    ErrorCode = null,
                    ErrorCategory = null,
                    UploadedAt = null,
                },
                StoreWrite.Operator);
        }
    }
}
