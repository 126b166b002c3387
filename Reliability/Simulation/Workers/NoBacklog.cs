using OpsMantik.Core.Metrics;

namespace OpsMantik.Reliability.Simulation.Workers;

/// <summary>Its line is not looked at here.</summary>
internal sealed class NoBacklog : IBacklogSnapshot
{
    public Task TakeAsync(string[] providers, CancellationToken cancellationToken) => Task.CompletedTask;
}
