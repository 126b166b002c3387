namespace OpsMantik.Core.Providers.GoogleAds.Wire;

internal sealed record ErrorDetails(string? UnpublishedErrorCode, QuotaErrorDetails? QuotaErrorDetails);
