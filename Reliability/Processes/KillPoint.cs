using OpsMantik.Reliability.Stages;

namespace OpsMantik.Reliability.Processes;

/// <summary>A moment at which a worker process is killed.</summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="ReachAsync">Sets the victim to work and returns when it is exactly there.</param>
internal sealed record KillPoint(string Name, Func<Victim, Task> ReachAsync)
{
    public StageOptions Options { get; init; } = new(Sites: 4, RowsPerSite: 10);

    /// <summary>What must be so at the moment of death; null when anything may.</summary>
    public Func<Victim, Task>? AtDeathAsync { get; init; }

    /// <summary>What must be so right after it, before anybody recovers.</summary>
    public Func<Victim, Task>? AfterDeathAsync { get; init; }

    public override string ToString() => Name;
}
