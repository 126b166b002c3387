using OpsMantik.Core.Queue;
using OpsMantik.Core.Vault;

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

    /// <summary>Writes some of a request's rows, of which others are still to be settled: the request stays leased.</summary>
    Task<WriteBackCounts> SettlePartAsync(
        LeasedRequest request, IReadOnlyList<JobResult> results, CircuitSignal signal, CancellationToken cancellationToken);

    /// <summary>Ends a row whose outcome the database refuses, by as little as possible, or sets it aside.</summary>
    /// <param name="state">The SQLSTATE of the refusal.</param>
    Task<RefusedEnd> EndRefusedAsync(LeasedRequest request, Guid jobId, string state, CancellationToken cancellationToken);

    /// <summary>Ends the lease of a request that is not settled yet; it is due again after the wait.</summary>
    Task PostponeAsync(LeasedRequest request, TimeSpan wait, CancellationToken cancellationToken);
}

/// <summary>A submitted request that this worker may ask about until its lease ends.</summary>
/// <param name="LeaseToken">The fence: settling and postponing name it.</param>
/// <param name="QuestionsAsked">This one included.</param>
/// <param name="Overdue">Older than the time after which a request is given up.</param>
/// <param name="Rows">Its rows that are still SUBMITTED.</param>
internal sealed record LeasedRequest(
    Guid LeaseToken,
    Guid SiteId,
    string ProviderKey,
    string RequestId,
    int QuestionsAsked,
    bool Overdue,
    SealedCredential? Credential,
    IReadOnlyList<SubmittedRow> Rows);

/// <summary>A queue row that waits for its confirmation.</summary>
/// <param name="RequestIndex">Its place in the request, from 0; null when it is unknown.</param>
/// <param name="RetryCount">Attempts spent before this one.</param>
/// <param name="ClaimCount">Claims that may have led to a sending, that of the request included.</param>
/// <param name="ConversionTime">As its column says.</param>
internal sealed record SubmittedRow(Guid Id, int? RequestIndex, int RetryCount, int ClaimCount, DateTimeOffset ConversionTime);
