namespace OpsMantik.Core.Queue;

/// <summary>Where a row can go from PROCESSING, or from SUBMITTED; stored upper-case in <c>status</c>.</summary>
internal enum JobStatus
{
    Completed,
    Submitted,
    Retry,
    Failed,
}
