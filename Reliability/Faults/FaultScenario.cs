using OpsMantik.Reliability.Stages;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Faults;

/// <summary>A fault while a worker works.</summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="PlayAsync">
/// Starts workers, brings the fault about and ends it; returns the worker that drains what is left.
/// </param>
internal sealed record FaultScenario(string Name, Func<Stage, Task<WorkerClient>> PlayAsync)
{
    public StageOptions Options { get; init; } = new();

    public override string ToString() => Name;
}
