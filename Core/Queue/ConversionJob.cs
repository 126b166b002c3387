namespace OpsMantik.Core.Queue;

/// <summary>A claimed row of <c>offline_conversion_queue</c>, as it stands there.</summary>
internal sealed record ConversionJob
{
    public required Guid Id { get; init; }

    public required Guid SaleId { get; init; }

    public required string? Gclid { get; init; }

    public required string? Gbraid { get; init; }

    public required string? Wbraid { get; init; }

    public required DateTimeOffset ConversionTime { get; init; }

    public required long ValueCents { get; init; }

    public required string Currency { get; init; }

    /// <summary>JSON text that may override the columns; null when it takes more than 64 KiB, or 16 as stored.</summary>
    public required string? Payload { get; init; }

    /// <summary>Attempts spent before this claim.</summary>
    public required int RetryCount { get; init; }

    /// <summary>Claims that may have led to a sending, this one included.</summary>
    public required int ClaimCount { get; init; }
}
