namespace OpsMantik.Core.Providers.GoogleAds.Wire;

/// <summary>The members we read of the detail types: GoogleAdsFailure, RetryInfo and ErrorInfo.</summary>
internal sealed record StatusDetail(
    IReadOnlyList<GoogleAdsError?>? Errors, string? RequestId, string? RetryDelay, string? Reason);
