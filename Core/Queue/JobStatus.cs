namespace OpsMantik.Core.Queue;

/// <summary>Where a row can go from PROCESSING; stored upper-case in <c>status</c>.</summary>
internal enum JobStatus
{
    Completed,
    Retry,
    Failed,
}
