namespace OpsMantik.Reliability.Breakages;

internal static class AllBreakages
{
    public static IReadOnlyList<Breakage> All { get; } =
        [.. IdentityBreakages.All, .. RunBreakages.All, .. ClaimBreakages.All, .. OutcomeBreakages.All];
}
