namespace OpsMantik.Core.Status;

/// <summary>How everything stood at one moment.</summary>
/// <param name="TakenAt">The database's clock, UTC.</param>
/// <param name="Sites">Every site that has rows, uploads or an open circuit, in no order.</param>
/// <param name="Hours">The last day, one entry an hour in which a batch ended.</param>
/// <param name="Samples">The last day, by provider and time.</param>
/// <param name="Failures">The latest, newest first.</param>
/// <param name="LastHour">Failures of the last hour, most frequent first; of very many, the latest 5,000.</param>
public sealed record StatusReport(
    DateTime TakenAt,
    IReadOnlyList<SiteState> Sites,
    IReadOnlyList<HourOutcome> Hours,
    IReadOnlyList<BacklogSample> Samples,
    IReadOnlyList<FailedRow> Failures,
    IReadOnlyList<FailureCount> LastHour,
    IReadOnlyList<JobTick> Ticks)
{
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
}
