using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Corrections;

/// <summary>
/// The corrections of sales that changed after they were sent, as a run sees them. Every method is one step: it happens as a whole
/// or not at all.
/// </summary>
internal interface ICorrectionStore
{
    /// <summary>
    /// Decides about sales that changed while a worker had their row, where the row came back uncounted; and about those whose
    /// change could not be noted when it happened.
    /// </summary>
    Task CorrectPendingAsync(CancellationToken cancellationToken);

    /// <summary>Claims due corrections of several groups; empty when nothing is due.</summary>
    /// <param name="limit">Most over all groups.</param>
    /// <param name="groupLimit">Most of one group.</param>
    Task<IReadOnlyList<CorrectionGroup>> ClaimAsync(
        string providerKey, int limit, int groupLimit, CancellationToken cancellationToken);

    /// <summary>Writes what became of a batch. Changes nothing where the claim is no longer ours.</summary>
    Task<WriteBackCounts> WriteBackAsync(
        CorrectionGroup group,
        IReadOnlyList<JobResult> results,
        CircuitSignal signal,
        TimeSpan duration,
        CancellationToken cancellationToken);

    /// <summary>Gives a claim's corrections back without spending an attempt; returns how many.</summary>
    Task<int> ReleaseAsync(CorrectionGroup group, bool maySent, CancellationToken cancellationToken);

    /// <summary>Returns what a dead worker left, and decides what is pending.</summary>
    /// <param name="minAgeMinutes">Minutes since the claim, at least 1.</param>
    Task<int> RecoverAsync(int minAgeMinutes, CancellationToken cancellationToken);
}

/// <summary>The corrections of one (site, provider) under one claim.</summary>
/// <param name="ClaimToken">The fence: every later write names it.</param>
/// <param name="Credential">Null when the site has no active credentials.</param>
internal sealed record CorrectionGroup(
    Guid ClaimToken, Guid SiteId, string ProviderKey, SealedCredential? Credential, IReadOnlyList<CorrectionJob> Jobs);

/// <summary>A claimed row of <c>conversion_corrections</c>.</summary>
/// <param name="ValueCents">Of a restatement, in the currency's minor units; else null.</param>
/// <param name="CorrectedAt">Told to the provider; the same on every resend.</param>
/// <param name="RetryCount">Attempts spent before this claim.</param>
/// <param name="ClaimCount">Claims that may have led to a sending, this one included.</param>
/// <param name="IsCounted">False for a retraction by way of precaution: the provider may have the conversion, or not.</param>
/// <param name="Row">The queue row that is corrected.</param>
internal sealed record CorrectionJob(
    Guid Id,
    CorrectionKind Kind,
    long? ValueCents,
    string? Currency,
    DateTimeOffset CorrectedAt,
    int RetryCount,
    int ClaimCount,
    bool IsCounted,
    ConversionJob Row);
