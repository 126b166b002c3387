namespace OpsMantik.Core.Providers.GoogleAds.Wire;

/// <summary>One error; <paramref name="ErrorCode"/> has one member, the enum's family, with the enum's name.</summary>
internal sealed record GoogleAdsError(
    Dictionary<string, string?>? ErrorCode, string? Message, ErrorLocation? Location, ErrorDetails? Details);
