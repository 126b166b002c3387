namespace OpsMantik.Core.Providers.GoogleAds.Wire;

internal sealed record QuotaErrorDetails(string? RetryDelay);
