namespace OpsMantik.Reliability.Fuzz.Rows;

/// <summary>A row as a dashboard inserts it; as it stands here, a good one. Times are texts that PostgreSQL reads.</summary>
internal sealed record QueueRow
{
    public string? Gclid { get; init; }

    public string? Gbraid { get; init; }

    public string? Wbraid { get; init; }

    public string Time { get; init; } = "yesterday";

    public long ValueCents { get; init; } = 12_345;

    public string Currency { get; init; } = "TRY";

    public string Payload { get; init; } = "{}";

    public int RetryCount { get; init; }

    public int ClaimCount { get; init; }

    public string CreatedAt { get; init; } = "now";

    public string? NextRetryAt { get; init; }
}
