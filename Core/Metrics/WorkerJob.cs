namespace OpsMantik.Core.Metrics;

/// <summary>The worker's jobs, as spans and the attribute <c>job</c> name them.</summary>
internal static class WorkerJob
{
    public const string Upload = "upload";
    public const string Recovery = "recovery";
    public const string Confirm = "confirm";
}
