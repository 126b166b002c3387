namespace OpsMantik.Core.Status;

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
    DateTime? OldestAt)
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
        sites.Min(site => site.OldestAt));
}
