using OpsMantik.Core.Providers;
using OpsMantik.Core.Vault;

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

    /// <summary>Ends a row whose outcome the database refuses, by as little as possible, or sets it aside.</summary>
    /// <param name="state">The SQLSTATE of the refusal.</param>
    Task<RefusedEnd> EndRefusedAsync(ClaimedGroup group, Guid jobId, string state, CancellationToken cancellationToken);

    /// <summary>Gives a group's rows back to the queue without spending an attempt; returns how many.</summary>
    /// <param name="maySent">The rows may have reached the provider: their claim stays on record.</param>
    Task<int> ReleaseAsync(ClaimedGroup group, bool maySent, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps by how many seconds rows of the claim are sent later than they were, before they are sent: a resend is the same. Changes
    /// nothing where the claim is no longer ours.
    /// </summary>
    /// <param name="shifts">Seconds after the row's own time, 1 to 60, by row.</param>
    Task ShiftAsync(ClaimedGroup group, IReadOnlyDictionary<Guid, int> shifts, CancellationToken cancellationToken);

    /// <summary>The sites that an operator has isolated, within 2 seconds.</summary>
    Task<IReadOnlySet<Guid>> ReadIsolatedAsync(string providerKey, CancellationToken cancellationToken);

    /// <summary>
    /// Fails rows that were claimed 25 times, are left in PROCESSING and never got an outcome: one that ends its worker would
    /// be sent for ever. Returns how many.
    /// </summary>
    /// <param name="minAgeMinutes">Minutes since the claim, at least 1.</param>
    Task<int> FailEndlessAsync(int minAgeMinutes, CancellationToken cancellationToken);

    /// <summary>Returns rows that a dead worker left in PROCESSING; attempts stay as they were.</summary>
    /// <param name="minAgeMinutes">Minutes since the claim, at least 1.</param>
    Task<int> RecoverAsync(int minAgeMinutes, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the hashed identifiers out of rows that are COMPLETED for so long, by the database's clock, and wait for no correction: a
    /// chunk of rows, committed. Returns how many rows that were; fewer than a chunk when none is left.
    /// </summary>
    Task<int> ClearIdentifiersAsync(TimeSpan age, CancellationToken cancellationToken);
}

/// <summary>How much to claim.</summary>
/// <param name="RunId">A group this run has probed waits for the next run.</param>
/// <param name="Limit">Most rows over all groups.</param>
/// <param name="GroupLimit">Most rows of one group; also how far its backlog is counted when the limit is shared.</param>
internal sealed record ClaimRequest(string ProviderKey, Guid RunId, int Limit, int GroupLimit)
{
    /// <summary>
    /// Most groups in one claim. It bounds the claim's own cost with a hundred thousand sites due; each claim goes on
    /// where the one before ended, so that every site has its turn.
    /// </summary>
    public const int MaxGroups = 1_000;

    /// <summary>
    /// Groups that a claim is shared by, at least: more where they cannot fill a part each. The others come with the next claim, in
    /// whole requests instead of small ones. As <c>Claim.sql</c> has it.
    /// </summary>
    public const int Parts = 200;
}

/// <summary>The rows of one (site, provider) under one claim. What is sent to a provider never mixes groups.</summary>
/// <param name="ClaimToken">The fence: every later write names it.</param>
/// <param name="Credential">Null when the site has no active credentials.</param>
/// <param name="IsProbe">The circuit is HALF_OPEN and this claim holds its one probe.</param>
internal sealed record ClaimedGroup(
    Guid ClaimToken,
    Guid SiteId,
    string ProviderKey,
    SealedCredential? Credential,
    bool IsProbe,
    IReadOnlyList<ConversionJob> Jobs);

/// <summary>A claimed row of <c>offline_conversion_queue</c>, as it stands there.</summary>
internal sealed record ConversionJob
{
    public required Guid Id { get; init; }

    public required Guid SaleId { get; init; }

    public required string? Gclid { get; init; }

    public required string? Gbraid { get; init; }

    public required string? Wbraid { get; init; }

    public required DateTimeOffset ConversionTime { get; init; }

    public required long ValueCents { get; init; }

    public required string Currency { get; init; }

    /// <summary>JSON text that may override the columns; null when it takes more than 64 KiB, or 16 as stored.</summary>
    public required string? Payload { get; init; }

    /// <summary>Attempts spent before this claim.</summary>
    public required int RetryCount { get; init; }

    /// <summary>Claims that may have led to a sending, this one included.</summary>
    public required int ClaimCount { get; init; }

    /// <summary>JSON text of hashed identifiers; null where the row has none, or more than a payload may have.</summary>
    public string? UserIdentifiers { get; init; }

    /// <summary>Seconds by which the conversion is sent later than it was, 0 to 60.</summary>
    public int TimeShift { get; init; }

    /// <summary>Neither click ids nor identifiers.</summary>
    public override string ToString() => $"row {Id}";
}

/// <summary>What is written back for one row.</summary>
/// <param name="Wait">Until the next try, counted from the database's clock; null unless the status is RETRY.</param>
/// <param name="Reference">The order id under which the provider knows the sale.</param>
internal sealed record JobResult(
    Guid JobId,
    JobStatus Status,
    TimeSpan? Wait,
    UploadOutcome Outcome,
    string? Reference);

/// <summary>Where a row can go from PROCESSING, or from SUBMITTED; stored upper-case in <c>status</c>.</summary>
internal enum JobStatus
{
    Completed,
    Submitted,
    Retry,
    Failed,
}

/// <summary>Rows that a write-back really changed; fewer than handed in when the claim was no longer ours.</summary>
internal readonly record struct WriteBackCounts(int Changed, int Completed, int Failed, int Retry, int Submitted)
{
    public static WriteBackCounts operator +(WriteBackCounts left, WriteBackCounts right) => new(
        left.Changed + right.Changed,
        left.Completed + right.Completed,
        left.Failed + right.Failed,
        left.Retry + right.Retry,
        left.Submitted + right.Submitted);
}
