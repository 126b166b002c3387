namespace OpsMantik.Core.Operations;

/// <summary>The circuit of one site and provider.</summary>
/// <param name="State">CLOSED, OPEN or HALF_OPEN.</param>
/// <param name="NextProbeAt">When an OPEN circuit lets a probe pass; null when isolated or not OPEN.</param>
/// <param name="Isolated">Opened by a person, until a person closes it.</param>
/// <param name="ProbeLimit">Most rows of a probe.</param>
/// <param name="ProbeLeaseUntil">Until when a worker holds the probe; null when none does.</param>
public sealed record CircuitState(
    Guid SiteId,
    string State,
    int FailureCount,
    DateTime? OpenedAt,
    DateTime? NextProbeAt,
    bool Isolated,
    int ProbeLimit,
    DateTime? ProbeLeaseUntil);
