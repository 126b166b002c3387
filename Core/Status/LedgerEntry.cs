namespace OpsMantik.Core.Status;

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
