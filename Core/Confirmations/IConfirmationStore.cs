using OpsMantik.Core.Breaker;
using OpsMantik.Core.Queue;

namespace OpsMantik.Core.Confirmations;

/// <summary>
/// Submitted requests as a run sees them: lease, settle, postpone, each one step. PostgreSQL keeps them in
/// <see cref="ConfirmationStore"/>; the simulation keeps them in memory.
/// </summary>
internal interface IConfirmationStore
{
    /// <param name="limit">Most requests, each of up to 2,000 rows.</param>
    /// <param name="giveUpAfter">Age at which a request counts as overdue.</param>
    Task<IReadOnlyList<LeasedRequest>> LeaseAsync(
        string providerKey, Guid token, int limit, TimeSpan giveUpAfter, CancellationToken cancellationToken);

    /// <summary>Writes what became of a request's rows. Changes nothing when the lease is no longer ours.</summary>
    Task<WriteBackCounts> SettleAsync(
        LeasedRequest request, IReadOnlyList<JobResult> results, CircuitSignal signal, CancellationToken cancellationToken);

    /// <summary>Ends the lease of a request that is not settled yet; it is due again after the wait.</summary>
    Task PostponeAsync(LeasedRequest request, TimeSpan wait, CancellationToken cancellationToken);
}
