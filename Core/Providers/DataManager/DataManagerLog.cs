using Microsoft.Extensions.Logging;

namespace OpsMantik.Core.Providers.DataManager;

/// <summary>Every line this transport logs. Texts of Google's are scrubbed before they come here; customer ids are masked.</summary>
internal static partial class DataManagerLog
{
    // At Debug, as Google Ads' (3000): the ledger has every batch.
    [LoggerMessage(3100, LogLevel.Debug,
        "Data Manager accepted {Sent} conversions of customer {CustomerId} as request {RequestId}")]
    public static partial void Accepted(ILogger log, MaskedCustomer customerId, int sent, string requestId);

    [LoggerMessage(3101, LogLevel.Warning,
        "Data Manager refused a request of {Sent} conversions of customer {CustomerId} ({Status} {Code}): {Message}")]
    public static partial void Refused(
        ILogger log, MaskedCustomer customerId, int sent, int status, string code, string message);

    [LoggerMessage(3102, LogLevel.Warning,
        "No usable answer from Data Manager to {Sent} conversions of customer {CustomerId}: {Code}")]
    public static partial void NoAnswer(ILogger log, MaskedCustomer customerId, int sent, string code);

    [LoggerMessage(3103, LogLevel.Warning,
        "Data Manager has {Count} warnings about fields of request {RequestId} of customer {CustomerId}; the first: {Reason} {Field}")]
    public static partial void FieldWarnings(
        ILogger log, MaskedCustomer customerId, string requestId, int count, string reason, string field);

    [LoggerMessage(3104, LogLevel.Warning, "Data Manager answered {Reason}, which the error tables do not list")]
    public static partial void UnlistedReason(ILogger log, string reason);

    [LoggerMessage(3105, LogLevel.Warning, "Conversions of customer {CustomerId} are parked ({Code}): {Message}")]
    public static partial void Parked(ILogger log, MaskedCustomer customerId, string code, string message);

    [LoggerMessage(3106, LogLevel.Warning,
        "The day's Data Manager quota of Google project {Project} is gone ({Kind}): nothing of its sites is sent until {Until:u}")]
    public static partial void DayQuotaGone(ILogger log, string project, string kind, DateTimeOffset until);

    [LoggerMessage(3107, LogLevel.Warning,
        "{Left} conversions of customer {CustomerId} wait for the next run: the batch had its {Calls} calls")]
    public static partial void CallsSpent(ILogger log, MaskedCustomer customerId, int left, int calls);

    [LoggerMessage(3108, LogLevel.Information,
        "Data Manager on request {RequestId} of customer {CustomerId}: {Status}, {Completed} completed, {Retry} to retry, {Failed} failed")]
    public static partial void Settled(
        ILogger log, MaskedCustomer customerId, string requestId, string status, int completed, int retry, int failed);

    [LoggerMessage(3109, LogLevel.Information,
        "Request {RequestId} of customer {CustomerId} is not settled yet: {Reason}")]
    public static partial void NotSettled(ILogger log, MaskedCustomer customerId, string requestId, string reason);

    [LoggerMessage(3110, LogLevel.Information,
        "Google refused a cached access token of customer {CustomerId}; it was replaced")]
    public static partial void TokenReplaced(ILogger log, MaskedCustomer customerId);

    [LoggerMessage(3111, LogLevel.Error,
        "Google answered {Count} errors about events outside the request of customer {CustomerId}, the first {Error}: nobody knows whose they are")]
    public static partial void Unplaced(ILogger log, int count, MaskedCustomer customerId, string error);
}
