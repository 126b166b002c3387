namespace OpsMantik.Core.Status;

/// <summary>A site's last batch by the ledger; code and category are its most frequent ones, if anything went wrong.</summary>
/// <param name="At">UTC.</param>
public sealed record LastBatch(DateTime At, string? Code, string? Category, int Completed, int Failed);
