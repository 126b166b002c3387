using OpsMantik.Core.Providers;

namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>A row of <c>conversion_corrections</c> at one moment.</summary>
/// <param name="Order">By which its id sorts: the later is newer.</param>
internal sealed record CorrectionRow(Guid Id, GroupKey Group, Guid RowId, int Order)
{
    /// <summary>RETRACT, else RESTATE.</summary>
    public required bool IsRetraction { get; init; }

    /// <summary>Of a restatement.</summary>
    public SaleValue? Value { get; init; }

    public required DateTimeOffset CorrectedAt { get; init; }

    public RowStatus Status { get; init; }

    public int RetryCount { get; init; }

    public int ClaimCount { get; init; }

    public DateTimeOffset? NextRetryAt { get; init; }

    public Guid? ClaimToken { get; init; }

    public DateTimeOffset? ClaimedAt { get; init; }

    public string? LastError { get; init; }

    public string? ErrorCode { get; init; }

    public ErrorCategory? ErrorCategory { get; init; }

    public bool IsWaiting => Status is RowStatus.Queued or RowStatus.Retry;

    public bool IsUnderWay => Status is RowStatus.Processing or RowStatus.Submitted;

    public DateTimeOffset DueAt => NextRetryAt ?? DateTimeOffset.MinValue;

    /// <summary>The provider never counts a conversion again that this took back, or made worth nothing.</summary>
    public bool IsFinal => IsRetraction || Value is { Cents: 0 };

    /// <summary>The provider has it, or may have it.</summary>
    public bool MayStand => Status switch
    {
        RowStatus.Processing or RowStatus.Submitted or RowStatus.Completed => true,
        RowStatus.Queued or RowStatus.Retry => ClaimCount > 0,
        _ => IsOfUnknownFate,
    };

    /// <summary>It ended without the provider's word on every attempt.</summary>
    private bool IsOfUnknownFate => ClaimCount > 1
        || (ClaimCount == 1 && (ErrorCode == MemorySales.Replaced
            || ErrorCategory is OpsMantik.Core.Providers.ErrorCategory.Transient or OpsMantik.Core.Providers.ErrorCategory.RateLimit));
}

/// <summary>A row of <c>sales</c> at one moment: confirmed, or canceled.</summary>
internal sealed record SaleRow(Guid Id, bool IsCanceled, SaleValue Value);

/// <param name="Cents">In the currency's minor units.</param>
internal readonly record struct SaleValue(long Cents, string Currency)
{
    /// <summary>Of a sale that nobody changed.</summary>
    public static readonly SaleValue Usual = new(12_345, "TRY");
}
