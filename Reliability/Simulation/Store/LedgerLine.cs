using OpsMantik.Core.Providers;

namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>A row of <c>provider_upload_attempts</c>.</summary>
/// <param name="Finished">Its phase: FINISHED, else STARTED.</param>
/// <param name="Rows">Its claimed_count.</param>
internal sealed record LedgerLine(
    Guid BatchId,
    GroupKey Group,
    bool Finished,
    int Rows,
    int Completed,
    int Failed,
    int Retry,
    int Submitted,
    string? ErrorCode,
    ErrorCategory? ErrorCategory);
