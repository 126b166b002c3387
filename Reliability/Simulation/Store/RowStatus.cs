namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>The statuses of <c>offline_conversion_queue</c>.</summary>
internal enum RowStatus
{
    Queued,
    Processing,
    Submitted,
    Completed,
    Retry,
    Failed,
}
