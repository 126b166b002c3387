namespace OpsMantik.Core.Status;

/// <summary>The corrections of a site, or of all sites of a provider.</summary>
/// <param name="Waiting">QUEUED or RETRY, due or not.</param>
/// <param name="OldestAt">When the sale of the oldest of them changed, UTC; null when nothing waits.</param>
/// <param name="ToldToday">Those that the provider took within the last 24 hours.</param>
/// <param name="Failed">Those that failed within seven days and that a person has to see to.</param>
/// <param name="Final">Those that failed within seven days and that nobody can change: what the provider has stays.</param>
/// <param name="FailedCode">The most frequent code of <paramref name="Failed"/>; null of several sites.</param>
public sealed record CorrectionCounts(
    long Waiting, DateTime? OldestAt, long ToldToday, long Failed, long Final, string? FailedCode = null)
{
    public static readonly CorrectionCounts None = new(0, null, 0, 0, 0);

    /// <summary>
    /// How long a correction may wait where nothing holds it back: Google may ask for a day, and the retry comes up to a tenth later, or
    /// after six hours.
    /// </summary>
    internal static readonly TimeSpan LongWait = TimeSpan.FromHours(30);

    /// <summary>Nothing waits and nothing happened lately.</summary>
    public bool AreNone => Waiting + ToldToday + Failed + Final == 0;

    internal static CorrectionCounts Sum(IEnumerable<CorrectionCounts> all) => all.Aggregate(None, (sum, one) => new CorrectionCounts(
        sum.Waiting + one.Waiting,
        sum.OldestAt < one.OldestAt ? sum.OldestAt : one.OldestAt ?? sum.OldestAt,
        sum.ToldToday + one.ToldToday,
        sum.Failed + one.Failed,
        sum.Final + one.Final));
}

/// <summary>One correction of a site. Times are UTC.</summary>
/// <param name="Id">Of the correction.</param>
/// <param name="Kind">RETRACT or RESTATE.</param>
/// <param name="Value">The new amount, as people write it; null for a retraction.</param>
/// <param name="At">When the sale changed.</param>
/// <param name="Since">When it came to its status.</param>
/// <param name="Message">As stored; it may quote what a provider said.</param>
public sealed record StatusCorrection(
    Guid Id,
    Guid SaleId,
    string Kind,
    string? Value,
    string Status,
    DateTime At,
    DateTime Since,
    DateTime? NextRetryAt,
    string? Code,
    string? Category,
    string? Message)
{
    /// <summary>Null without a code.</summary>
    public ErrorMeaning? Meaning => Code is null ? null : ErrorMeanings.Of(Code, Category);
}
