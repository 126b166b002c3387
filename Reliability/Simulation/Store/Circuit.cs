namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>A row of <c>provider_health_state</c> at one moment.</summary>
internal sealed record Circuit(GroupKey Group)
{
    public CircuitState State { get; init; }

    public int FailureCount { get; init; }

    public DateTimeOffset? NextProbeAt { get; init; }

    public int ProbeLimit { get; init; } = 5;

    public Guid? ProbeToken { get; init; }

    public DateTimeOffset? ProbeLeaseUntil { get; init; }

    public Guid? ProbeRunId { get; init; }

    /// <summary>OPEN, and its time to probe has not come.</summary>
    public bool IsGated(DateTimeOffset now) => State == CircuitState.Open && NextProbeAt > now;

    /// <summary>Not CLOSED, and nobody holds the probe that it is time for.</summary>
    public bool MayProbe(DateTimeOffset now) => State switch
    {
        CircuitState.Open => !IsGated(now),
        CircuitState.HalfOpen => ProbeLeaseUntil is not { } until || until <= now,
        _ => false,
    };
}
