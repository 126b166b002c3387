using OpsMantik.Core.Queue;

namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>What the statements have in common.</summary>
internal static class RowSteps
{
    /// <summary>The fence.</summary>
    public static bool IsHeldBy(this QueueRow row, Guid token) =>
        row.Status == RowStatus.Processing && row.ClaimToken == token;

    public static QueueRow Back(this QueueRow row) =>
        row with { Status = RowStatus.Queued, ClaimToken = null, ClaimedAt = null };

    /// <summary>What write-back and settling write alike.</summary>
    public static QueueRow With(this QueueRow row, JobResult result, DateTimeOffset now) => row with
    {
        Status = StatusOf(result.Status),
        RetryCount = row.RetryCount + (result.Outcome.SpendsAttempt ? 1 : 0),
        NextRetryAt = now + result.Wait,
        LastError = result.Outcome.Message is { Length: > 1000 } message ? message[..1000] : result.Outcome.Message,
        ErrorCode = result.Outcome.Code,
        ErrorCategory = result.Outcome.Category,
        UploadedAt = result.Status == JobStatus.Completed ? now : row.UploadedAt,
    };

    private static RowStatus StatusOf(JobStatus status) => status switch
    {
        JobStatus.Completed => RowStatus.Completed,
        JobStatus.Submitted => RowStatus.Submitted,
        JobStatus.Retry => RowStatus.Retry,
        JobStatus.Failed => RowStatus.Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}
