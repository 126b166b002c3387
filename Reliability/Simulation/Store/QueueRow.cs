using OpsMantik.Core.Providers;

namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>A row of <c>offline_conversion_queue</c> at one moment.</summary>
internal sealed record QueueRow
{
    public required Guid Id { get; init; }

    public required GroupKey Group { get; init; }

    public required Guid SaleId { get; init; }

    public required string Gclid { get; init; }

    public required DateTimeOffset ConversionTime { get; init; }

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
