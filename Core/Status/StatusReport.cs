using System.Text.Json.Serialization;
using OpsMantik.Core.Reconciliation;
using OpsMantik.Core.Sites;

namespace OpsMantik.Core.Status;

/// <summary>How everything stood at one moment.</summary>
/// <param name="TakenAt">The database's clock, UTC.</param>
/// <param name="Sites">Every site that has rows, uploads or an open circuit, in no order.</param>
/// <param name="Hours">The last day, one entry an hour in which a batch ended.</param>
/// <param name="Samples">The last day, by provider and time.</param>
/// <param name="Failures">The latest, newest first.</param>
/// <param name="LastHour">Failures of the last hour, most frequent first; of very many, the latest 5,000.</param>
/// <param name="Counted">What Google counted: 20 sites, the largest differences first.</param>
public sealed record StatusReport(
    DateTime TakenAt,
    IReadOnlyList<SiteState> Sites,
    IReadOnlyList<HourOutcome> Hours,
    IReadOnlyList<BacklogSample> Samples,
    IReadOnlyList<FailedRow> Failures,
    IReadOnlyList<FailureCount> LastHour,
    IReadOnlyList<JobTick> Ticks,
    IReadOnlyList<CountedSite> Counted)
{
    /// <summary>How the sites are called: of very many, those that come first in the lists below.</summary>
    public SiteNames Names { get; init; } = SiteNames.None;

    /// <summary>What failed within a day, most frequent first; of very many rows, the latest 5,000.</summary>
    public IReadOnlyList<FailureCause> Causes { get; init; } = [];

    /// <summary>By provider, in the order of their keys.</summary>
    public IReadOnlyList<ProviderTotals> Providers =>
    [
        .. Sites.GroupBy(site => site.ProviderKey)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => ProviderTotals.Of(group.Key, [.. group])),
    ];

    /// <summary>Sites that a person has to see to: the gravest first, then those with the most rows.</summary>
    public IReadOnlyList<SiteState> InNeed =>
    [
        .. Sites.Where(site => site.Need != SiteNeed.Nothing)
            .OrderBy(site => site.Need)
            .ThenByDescending(site => site.RowsInNeed)
            .ThenBy(site => site.SiteId),
    ];

    /// <summary>Circuits that are not CLOSED, the longest open first.</summary>
    public IReadOnlyList<SiteState> Circuits =>
        [.. Sites.Where(site => site.Circuit != "CLOSED").OrderBy(site => site.OpenedAt ?? DateTime.MaxValue).ThenBy(site => site.SiteId)];

    /// <summary>Sites with waiting rows, the largest backlog first.</summary>
    public IReadOnlyList<SiteState> Backlogs =>
        [.. Sites.Where(site => site.Waiting > 0).OrderByDescending(site => site.Waiting).ThenBy(site => site.SiteId)];

    /// <summary>All: those that need a person, then those with a backlog, then the others.</summary>
    [JsonIgnore]
    public IReadOnlyList<SiteState> Ordered =>
        [.. InNeed.Concat(Backlogs).Concat(Sites.OrderBy(site => site.SiteId)).Distinct()];
}

/// <summary>One site at one provider.</summary>
/// <param name="Rows">The latest failures, what is under way, and what goes next: a few of each.</param>
/// <param name="Ledger">The latest batches, newest first.</param>
/// <param name="Counted">What Google counted; null while the site was never reconciled.</param>
/// <param name="Corrections">The latest, newest first.</param>
public sealed record SiteReport(
    SiteState State,
    IReadOnlyList<HourOutcome> Hours,
    IReadOnlyList<StatusRow> Rows,
    IReadOnlyList<LedgerEntry> Ledger,
    CountedSite? Counted,
    IReadOnlyList<StatusCorrection> Corrections)
{
    /// <summary>How the site is called.</summary>
    [JsonIgnore]
    public SiteNames Names { get; init; } = SiteNames.None;
}

/// <summary>What a site sent and what the provider counted, over the last 28 days.</summary>
/// <param name="At">When the provider said so, UTC; null while it never answered.</param>
/// <param name="FaultCode">Why the last question had no answer; null when it had one.</param>
/// <param name="Days">In order, in the account's zone; a day without uploads before the first reconciliation may be missing.</param>
public sealed record CountedSite(
    Guid SiteId,
    string ProviderKey,
    DateTime? At,
    string? FaultCode,
    CountComparison Comparison,
    IReadOnlyList<ReconciledDay> Days)
{
    /// <summary>Null when the site has none but its id.</summary>
    public string? SiteName { get; init; }

    /// <summary>What the difference or the silence means; null where there is none.</summary>
    public ErrorMeaning? Cause => Comparison.Verdict == CountVerdict.Fewer ? ErrorMeanings.Of(Comparison.Reason, null)
        : FaultCode is not null ? ErrorMeanings.Of(FaultCode, null)
        : null;
}

/// <summary>All sites of a provider together.</summary>
/// <param name="OldestAt">When the oldest waiting row was queued, UTC; null when nothing waits.</param>
/// <param name="Completed">Rows completed since this worker counts.</param>
public sealed record ProviderTotals(
    string ProviderKey,
    long Sites,
    long Waiting,
    long Retry,
    long Processing,
    long Submitted,
    long Failed,
    long FailedToday,
    long Completed,
    DateTime? OldestAt,
    CorrectionCounts Corrections)
{
    internal static ProviderTotals Of(string providerKey, IReadOnlyCollection<SiteState> sites) => new(
        providerKey,
        sites.Count,
        sites.Sum(site => site.Waiting),
        sites.Sum(site => site.Retry),
        sites.Sum(site => site.Processing),
        sites.Sum(site => site.Submitted),
        sites.Sum(site => site.Failed),
        sites.Sum(site => site.FailedToday),
        sites.Sum(site => site.Completed),
        sites.Min(site => site.OldestAt),
        CorrectionCounts.Sum(sites.Select(site => site.Corrections)));
}

/// <summary>What became of rows in one hour.</summary>
/// <param name="Hour">Its beginning, UTC.</param>
public sealed record HourOutcome(DateTime Hour, long Completed, long Failed, long Retry);

/// <summary>The backlog as a run left it.</summary>
/// <param name="At">UTC, in steps of ten minutes.</param>
/// <param name="OldestAge">Seconds that the oldest waiting row had waited; 0 when nothing waited.</param>
public sealed record BacklogSample(string ProviderKey, DateTime At, long Waiting, double OldestAge);

/// <summary>A row that failed.</summary>
/// <param name="At">UTC.</param>
/// <param name="Message">As stored; it may quote what a provider said.</param>
public sealed record FailedRow(
    Guid Id, Guid SaleId, Guid SiteId, string ProviderKey, DateTime At, string? Code, string? Category, string? Message)
{
    /// <summary>Null when the site has none but its id.</summary>
    public string? SiteName { get; init; }

    public ErrorMeaning Meaning => ErrorMeanings.Of(Code, Category);
}

/// <summary>Failures of one category and code.</summary>
/// <param name="Latest">The last one, as an example.</param>
public sealed record FailureCause(long Rows, long Sites, FailedRow Latest);

/// <summary>Failures of the last hour by category and code.</summary>
public sealed record FailureCount(string? Category, string? Code, long Rows, long Sites)
{
    public ErrorMeaning Meaning => ErrorMeanings.Of(Code, Category);
}

/// <summary>When a job last succeeded, by timer, call or command.</summary>
/// <param name="Job"><c>upload</c>, <c>recovery</c>, <c>confirm</c> or <c>reconcile</c>.</param>
/// <param name="EndedAt">UTC.</param>
public sealed record JobTick(string Job, DateTime EndedAt);

/// <summary>One row of the queue that is not completed. Times are UTC.</summary>
/// <param name="NextRetryAt">Null when it is due now.</param>
/// <param name="Message">As stored; it may quote what a provider said.</param>
/// <param name="Amount">The sale's, by its columns, as people write it.</param>
public sealed record StatusRow(
    Guid Id,
    Guid SaleId,
    string Status,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    DateTime? NextRetryAt,
    int RetryCount,
    string? Code,
    string? Category,
    string? Message,
    string Amount)
{
    /// <summary>Null when nothing went wrong with it so far.</summary>
    public ErrorMeaning? Meaning => Code is not null || Category is not null ? ErrorMeanings.Of(Code, Category)
        : Message is not null ? ErrorMeanings.Find(Message)
        : null;
}

/// <summary>One batch that ended, or one submitted request that was settled (nothing claimed).</summary>
/// <param name="At">UTC.</param>
public sealed record LedgerEntry(
    DateTime At,
    int Claimed,
    int Completed,
    int Submitted,
    int Retry,
    int Failed,
    int? DurationMs,
    string? RequestId,
    string? Code,
    string? Category);
