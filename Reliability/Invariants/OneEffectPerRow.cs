namespace OpsMantik.Reliability.Invariants;

/// <summary>What was counted was asked for, once; and what is COMPLETED was counted.</summary>
internal sealed class OneEffectPerRow : IInvariant
{
    public Task<IReadOnlyList<string>> FindBreachesAsync(Evidence evidence)
    {
        var effects = Effects.Of(evidence);
        return Task.FromResult<IReadOnlyList<string>>(
        [
            .. effects.Lost.Select(order => $"OneEffectPerRow: lost {order}: {evidence.Rows[order].Status}"),
            .. effects.Unexpected.Select(order => $"OneEffectPerRow: unexpected {order}"),
        ]);
    }
}
