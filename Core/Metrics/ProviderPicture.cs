namespace OpsMantik.Core.Metrics;

/// <summary>How things stood at one provider when a run ended.</summary>
/// <param name="Backlog">Rows QUEUED or RETRY, due or not.</param>
/// <param name="OldestAge">Seconds since the oldest of them was queued; 0 when nothing waits.</param>
/// <param name="OpenAge">Seconds since the circuit that is open the longest was opened; 0 when none is.</param>
/// <param name="Revoked">Active credentials that the site's last batch found refused.</param>
internal sealed record ProviderPicture(
    string ProviderKey,
    long Backlog,
    double OldestAge,
    long FailedLastHour,
    long Closed,
    long Open,
    long HalfOpen,
    double OpenAge,
    long Revoked);
