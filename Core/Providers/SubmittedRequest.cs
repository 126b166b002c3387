namespace OpsMantik.Core.Providers;

/// <summary>A request the provider took earlier, and those of its conversions whose fate is still open.</summary>
/// <param name="RequestId">The provider's id for it.</param>
public sealed record SubmittedRequest(string RequestId, IReadOnlyList<SubmittedConversion> Conversions);
