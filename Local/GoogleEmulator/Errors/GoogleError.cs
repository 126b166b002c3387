namespace OpsMantik.Local.GoogleEmulator.Errors;

/// <summary>One <c>GoogleAdsError</c>.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Index">The conversion it is about; null for the whole request.</param>
/// <param name="Field">Field of the conversion, in snake case; null for the whole row.</param>
/// <param name="Trigger">The value at fault.</param>
internal sealed record GoogleError(ErrorKind Kind, int? Index = null, string? Field = null, string? Trigger = null)
{
    /// <summary>Set on quota errors.</summary>
    public QuotaDetails? Quota { get; init; }
}
