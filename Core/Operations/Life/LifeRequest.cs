namespace OpsMantik.Core.Operations.Life;

/// <summary>A request that was accepted first and decided on later.</summary>
/// <param name="Checks">How often the provider was asked about it.</param>
/// <param name="SettledAt">Null while the provider has not decided.</param>
public sealed record LifeRequest(DateTime SubmittedAt, int Checks, DateTime NextCheckAt, DateTime? SettledAt);
