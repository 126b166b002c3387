namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>A google.rpc.Status as read: the errors of its GoogleAdsFailure and what else its details tell.</summary>
internal sealed record GoogleAdsFailure
{
    public static readonly GoogleAdsFailure None = new();

    public IReadOnlyList<ReportedError> Errors { get; init; } = [];

    /// <summary>The trouble's name when no error has one: an ErrorInfo's reason, else the status's name.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// The status's text. It describes the first error only, so it must not be put on rows that have their own.
    /// </summary>
    public string Message { get; init; } = "";

    public string? RequestId { get; init; }

    public TimeSpan? RetryDelay { get; init; }

    public static GoogleAdsFailure Read(RpcStatus? status, SecretScrubber scrubber)
    {
        if (status is null)
        {
            return None;
        }

        var details = (status.Details ?? []).OfType<StatusDetail>().ToList();
        var errors = details
            .SelectMany(detail => detail.Errors ?? [])
            .OfType<GoogleAdsError>()
            .Select(error => Read(error, scrubber))
            .ToList();
        return new GoogleAdsFailure
        {
            Errors = errors,
            Name = details.Select(detail => scrubber.Identifier(detail.Reason)).FirstOrDefault(name => name != null)
                ?? scrubber.Identifier(status.Status),
            Message = scrubber.Clean(status.Message),
            RequestId = details
                .Select(detail => scrubber.Identifier(detail.RequestId))
                .FirstOrDefault(id => id != null),
            RetryDelay = errors.Select(error => error.RetryDelay)
                .Concat(details.Select(detail => ProviderDelay.Parse(detail.RetryDelay)))
                .Max(),
        };
    }

    private static ReportedError Read(GoogleAdsError error, SecretScrubber scrubber)
    {
        var (family, name) = (error.ErrorCode ?? []).FirstOrDefault();
        if (name == "ERROR_CODE_NOT_PUBLISHED" && error.Details?.UnpublishedErrorCode is { Length: > 0 } unpublished)
        {
            name = unpublished[(unpublished.LastIndexOf('.') + 1)..];
        }

        // A click upload's path starts at "conversions"; Google's own helper looks for "operations" and finds none.
        var place = error.Location?.FieldPathElements?.FirstOrDefault(element => element?.FieldName == "conversions");
        return new ReportedError(
            scrubber.Identifier(family) ?? "",
            scrubber.Identifier(name) ?? "UNKNOWN",
            scrubber.Clean(error.Message),
            place?.Index,
            ProviderDelay.Parse(error.Details?.QuotaErrorDetails?.RetryDelay));
    }
}

/// <summary>One error of a GoogleAdsFailure, its texts already scrubbed.</summary>
/// <param name="Family">The member of errorCode, as <c>quotaError</c>; empty when there was none.</param>
/// <param name="Name">The enum's value, or <c>UNKNOWN</c>.</param>
/// <param name="Message">Google's text; may be empty.</param>
/// <param name="Index">The conversion of the request it is about; null when it is about the whole request.</param>
/// <param name="RetryDelay">The wait that a quota error asks for.</param>
internal sealed record ReportedError(string Family, string Name, string Message, int? Index, TimeSpan? RetryDelay)
{
    /// <summary>Null when Google has added the name since this table was written.</summary>
    public ErrorClass? ListedClass => ErrorTable.Find(Family, Name);

    /// <summary>An unlisted error is tried again: the retry policy bounds it, and nothing is lost meanwhile.</summary>
    public ErrorClass Class => ListedClass ?? ErrorClass.Transient;
}
