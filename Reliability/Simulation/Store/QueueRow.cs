using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;

namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>A row of <c>offline_conversion_queue</c> at one moment.</summary>
internal sealed record QueueRow
{
    public required Guid Id { get; init; }

    public required GroupKey Group { get; init; }

    public required Guid SaleId { get; init; }

    public required string Gclid { get; init; }

    public required DateTimeOffset ConversionTime { get; init; }

    public int TimeShift { get; init; }

    public SaleValue Value { get; init; } = SaleValue.Usual;

    public string Payload { get; init; } = "{}";

    public required DateTimeOffset CreatedAt { get; init; }

    public RowStatus Status { get; init; }

    public int RetryCount { get; init; }

    public int ClaimCount { get; init; }

    public DateTimeOffset? NextRetryAt { get; init; }

    public Guid? ClaimToken { get; init; }

    public DateTimeOffset? ClaimedAt { get; init; }

    public string? LastError { get; init; }

    public string? ErrorCode { get; init; }

    public ErrorCategory? ErrorCategory { get; init; }

    public string? RequestId { get; init; }

    public int? RequestIndex { get; init; }

    public string? Reference { get; init; }

    public DateTimeOffset? UploadedAt { get; init; }

    public bool IsTerminal => Status is RowStatus.Completed or RowStatus.Failed;

    public bool IsWaiting => Status is RowStatus.Queued or RowStatus.Retry;

    /// <summary>What the index sorts by: no time is before every time.</summary>
    public DateTimeOffset DueAt => NextRetryAt ?? DateTimeOffset.MinValue;
}

/// <summary>The statuses of <c>offline_conversion_queue</c>.</summary>
internal enum RowStatus
{
    Queued,
    Processing,
    Submitted,
    Completed,
    Retry,
    Failed,
}

/// <summary>What the statements have in common.</summary>
internal static class RowSteps
{
    /// <summary>The fence.</summary>
    public static bool IsHeldBy(this QueueRow row, Guid token) => row.Status == RowStatus.Processing && row.ClaimToken == token;

    public static QueueRow Back(this QueueRow row) => row with { Status = RowStatus.Queued, ClaimToken = null, ClaimedAt = null };

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

    public static RowStatus StatusOf(JobStatus status) => status switch
    {
        JobStatus.Completed => RowStatus.Completed,
        JobStatus.Submitted => RowStatus.Submitted,
        JobStatus.Retry => RowStatus.Retry,
        JobStatus.Failed => RowStatus.Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}
