namespace OpsMantik.Core.Metrics;

/// <summary>Logs, after each run, what is waiting and what failed in the last hour, by provider.</summary>
internal interface IBacklogSnapshot
{
    Task LogAsync(CancellationToken cancellationToken);
}
