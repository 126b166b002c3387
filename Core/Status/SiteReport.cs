namespace OpsMantik.Core.Status;

/// <summary>One site at one provider.</summary>
/// <param name="Rows">The latest failures, what is under way, and what goes next: a few of each.</param>
/// <param name="Ledger">The latest batches, newest first.</param>
public sealed record SiteReport(
    SiteState State,
    IReadOnlyList<HourOutcome> Hours,
    IReadOnlyList<StatusRow> Rows,
    IReadOnlyList<LedgerEntry> Ledger);
