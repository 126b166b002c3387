namespace OpsMantik.Core.Metrics;

/// <summary>Looks, after each upload run, at what is waiting, failed or held back, by provider.</summary>
internal interface IBacklogSnapshot
{
    /// <param name="providers">Keys of the worker's providers.</param>
    Task TakeAsync(string[] providers, CancellationToken cancellationToken);
}
