namespace OpsMantik.Reliability.Simulation;

/// <summary>What became of one seed.</summary>
/// <param name="TraceHash">Equal for two runs of a seed, or the simulation is not deterministic.</param>
/// <param name="Duplicated">Rows that were sent again although the provider had them.</param>
/// <param name="Recovered">Rows that a fault left in the air and that came through.</param>
/// <param name="TimeToRecover">In simulated time, from the end of the faults to the last row terminal.</param>
internal sealed record SeedResult(
    int Seed,
    ulong TraceHash,
    int Rows,
    int Lost,
    int Unexpected,
    int Duplicated,
    int Recovered,
    TimeSpan TimeToRecover,
    IReadOnlyList<string> Broken,
    IReadOnlyList<string> Trace);
