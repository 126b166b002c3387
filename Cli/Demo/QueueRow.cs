namespace OpsMantik.Cli.Demo;

/// <summary>How a sale stands in the queue.</summary>
/// <param name="Wait">From the last write-back to the next try, by the database's clock.</param>
internal sealed record QueueRow(
    Guid SaleId, string Status, string? Code, int RetryCount, TimeSpan? Wait, DateTimeOffset? NextRetryAt);
