namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>A row of <c>provider_upload_metrics</c> at one moment.</summary>
internal readonly record struct Counters(long Attempts, long Completed, long Failed, long Retry, long Submitted)
{
    public static Counters operator +(Counters left, Counters right) => new(
        left.Attempts + right.Attempts,
        left.Completed + right.Completed,
        left.Failed + right.Failed,
        left.Retry + right.Retry,
        left.Submitted + right.Submitted);
}
