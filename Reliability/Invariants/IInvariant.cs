namespace OpsMantik.Reliability.Invariants;

/// <summary>One promise, checked over what a scenario left behind.</summary>
internal interface IInvariant
{
    /// <returns>Where it does not hold, a line each; empty when all is well.</returns>
    Task<IReadOnlyList<string>> FindBreachesAsync(Evidence evidence);
}
