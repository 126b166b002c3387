using Microsoft.Extensions.Logging;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>Every line this provider logs. Texts of Google's are scrubbed before they come here; customer ids are masked.</summary>
internal static partial class GoogleAdsLog
{
    // At Debug: the ledger has every batch, and a line for each would be most of what a month of logs takes.
    [LoggerMessage(3000, LogLevel.Debug,
        "Google Ads answered {Status} for customer {CustomerId}: {Completed} of {Sent} taken, request {RequestId}")]
    public static partial void Answered(
        ILogger log, int status, MaskedCustomer customerId, int sent, int completed, string? requestId);

    [LoggerMessage(3001, LogLevel.Warning,
        "No answer from Google Ads to {Sent} conversions of customer {CustomerId}: {Code}")]
    public static partial void NoAnswer(ILogger log, MaskedCustomer customerId, int sent, string code);

    [LoggerMessage(3002, LogLevel.Warning,
        "{Count} conversions of customer {CustomerId} already existed at Google although this worker never sent them")]
    public static partial void CountedElsewhere(ILogger log, int count, MaskedCustomer customerId);

    [LoggerMessage(3003, LogLevel.Information,
        "Google refused a cached access token of customer {CustomerId}; trying once more with a fresh one")]
    public static partial void TokenRefused(ILogger log, MaskedCustomer customerId);

    [LoggerMessage(3004, LogLevel.Warning, "No access token ({Code}): {Message}")]
    public static partial void TokenFetchFailed(ILogger log, string code, string message);

    [LoggerMessage(3005, LogLevel.Warning, "Google answered {Error}, which the error table does not list")]
    public static partial void UnlistedError(ILogger log, string error);

    [LoggerMessage(3006, LogLevel.Warning, "Conversions of customer {CustomerId} are parked ({Code}): {Message}")]
    public static partial void Parked(ILogger log, MaskedCustomer customerId, string code, string message);

    [LoggerMessage(3007, LogLevel.Error,
        "Google has retired the configured API version: set GoogleAds__ApiVersion to a current one")]
    public static partial void VersionRetired(ILogger log);

    [LoggerMessage(3008, LogLevel.Error,
        "Google answered {Count} errors about rows outside the request of customer {CustomerId}, the first {Error} at index {Index}: rows without a result of their own are sent again")]
    public static partial void Unplaced(ILogger log, int count, MaskedCustomer customerId, string error, int index);
}
