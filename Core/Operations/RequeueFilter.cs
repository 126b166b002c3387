namespace OpsMantik.Core.Operations;

/// <summary>Which rows to requeue. Rows that are being sent or wait for a result are never among them.</summary>
public sealed record RequeueFilter
{
    /// <summary>FAILED or RETRY; COMPLETED only together with <see cref="SaleIds"/>.</summary>
    public required string Status { get; init; }

    public string ProviderKey { get; init; } = "google_ads";

    /// <summary>Null: all sites.</summary>
    public Guid? SiteId { get; init; }

    /// <summary>Error category, as AUTH; null: any.</summary>
    public string? Category { get; init; }

    /// <summary>Error code, as INVALID_GRANT; null: any.</summary>
    public string? Code { get; init; }

    /// <summary>Rows that ended, or were put off, at this time or later; null: ever.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Null: any sale.</summary>
    public IReadOnlyList<Guid>? SaleIds { get; init; }

    /// <exception cref="ArgumentException">A status that may not be requeued, or COMPLETED without sales.</exception>
    internal void Check()
    {
        if (Status is not ("FAILED" or "RETRY" or "COMPLETED"))
            throw new ArgumentException("Only FAILED, RETRY and COMPLETED rows can be requeued.");
        // A conversion that Google has is sent again only for a sale that somebody names.
        if (Status == "COMPLETED" && SaleIds is not { Count: > 0 })
            throw new ArgumentException("COMPLETED rows are requeued by their sale ids only.");
    }
}
