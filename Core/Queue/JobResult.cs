using OpsMantik.Core.Providers;

namespace OpsMantik.Core.Queue;

/// <summary>What is written back for one row.</summary>
/// <param name="Wait">Until the next try, counted from the database's clock; null unless the status is RETRY.</param>
/// <param name="Reference">What the provider knows the sale by: its order id.</param>
internal sealed record JobResult(
    Guid JobId,
    JobStatus Status,
    TimeSpan? Wait,
    UploadOutcome Outcome,
    string? Reference);
