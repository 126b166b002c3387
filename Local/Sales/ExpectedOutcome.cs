namespace OpsMantik.Local.Sales;

/// <summary>Where a sample row stands after one upload run and the confirmation of what it submitted.</summary>
/// <param name="Status">COMPLETED, RETRY or FAILED.</param>
/// <param name="Code">Null where nothing went wrong.</param>
/// <param name="RetryCount">Attempts it spent.</param>
/// <param name="Wait">Until the next try, before any jitter; set for RETRY and for nothing else.</param>
public sealed record ExpectedOutcome(string Status, string? Code, int RetryCount, TimeSpan? Wait);
