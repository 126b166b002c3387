namespace OpsMantik.Cli.Demo.Summary;

/// <summary>Rows that ended alike, and why.</summary>
/// <param name="NextRetryAt">The earliest of their next tries; null when they have none.</param>
internal sealed record Reason(string Code, int Count, DateTimeOffset? NextRetryAt);
