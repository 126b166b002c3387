namespace OpsMantik.Core.Runs;

/// <summary>How seeding ended.</summary>
/// <param name="Fault">What is wrong, naming fields and never values; null when seeded.</param>
public sealed record SeedResult(SeedOutcome Outcome, string? Fault);
