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
