namespace OpsMantik.Core.Operations.Life;

/// <summary>A line of the ledger.</summary>
/// <param name="Phase">STARTED when it was claimed, FINISHED when its outcomes were written.</param>
/// <param name="Own">It is about the row's own request for certain.</param>
public sealed record LifeBatch(
    DateTime At,
    string Phase,
    int? Claimed,
    int? Completed,
    int? Submitted,
    int? Retry,
    int? Failed,
    int? DurationMs,
    string? RequestId,
    string? Code,
    string? Category,
    bool Own);
