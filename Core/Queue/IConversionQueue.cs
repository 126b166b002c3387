using OpsMantik.Core.Breaker;

namespace OpsMantik.Core.Queue;

/// <summary>
/// The queue as a run sees it: claim, write back, release, recover. Every method is one step: it happens as a whole or not
/// at all. PostgreSQL keeps it in <see cref="ConversionQueue"/>; the simulation keeps it in memory.
/// </summary>
internal interface IConversionQueue
{
    /// <summary>
    /// Claims due rows, fairly over the groups; empty when nothing is due. A row that begins to wait during a run, before
    /// rows that it has passed, may be left to the next run.
    /// </summary>
    Task<IReadOnlyList<ClaimedGroup>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken);

    /// <summary>Writes what became of a batch. Changes nothing where the claim is no longer ours.</summary>
    /// <param name="firstCheck">From now until a submitted request is first asked about.</param>
    Task<WriteBackCounts> WriteBackAsync(
        ClaimedGroup group,
        IReadOnlyList<JobResult> results,
        CircuitSignal signal,
        TimeSpan duration,
        TimeSpan firstCheck,
        CancellationToken cancellationToken);

    /// <summary>Gives a group's rows back to the queue without spending an attempt; returns how many.</summary>
    /// <param name="maySent">The rows may have reached the provider: their claim stays on record.</param>
    Task<int> ReleaseAsync(ClaimedGroup group, bool maySent, CancellationToken cancellationToken);

    /// <summary>Returns rows that a dead worker left in PROCESSING; attempts stay as they were.</summary>
    /// <param name="minAgeMinutes">Minutes since the claim, at least 1.</param>
    Task<int> RecoverAsync(int minAgeMinutes, CancellationToken cancellationToken);
}
