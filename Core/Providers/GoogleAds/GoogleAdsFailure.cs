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

    /// <param name="isPartial">The answer took some conversions; every error is of one of them.</param>
    public static GoogleAdsFailure Read(RpcStatus? status, bool isPartial, SecretScrubber scrubber)
    {
        if (status is null)
        {
            return None;
        }

        var details = (status.Details ?? []).OfType<StatusDetail>().ToList();
        var errors = details
            .SelectMany(detail => detail.Errors ?? [])
            .OfType<GoogleAdsError>()
            .Select(error => Read(error, isPartial, scrubber))
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

    private static ReportedError Read(GoogleAdsError error, bool isPartial, SecretScrubber scrubber)
    {
        var (family, name) = (error.ErrorCode ?? []).FirstOrDefault();
        if (name == "ERROR_CODE_NOT_PUBLISHED" && error.Details?.UnpublishedErrorCode is { Length: > 0 } unpublished)
        {
            name = unpublished[(unpublished.LastIndexOf('.') + 1)..];
        }

        // A path starts at the request's list of rows; Google's own helper looks for "operations" and finds none.
        var path = error.Location?.FieldPathElements ?? [];
        var place = path.FirstOrDefault(element => element?.FieldName is "conversions" or "conversion_adjustments");
        // JSON of proto3 may leave out an index that is 0. Without one, the path of a whole request's error ends there.
        var withoutIndex = place is not null && (isPartial || place != path[^1]) ? 0 : (int?)null;
        return new ReportedError(
            scrubber.Identifier(family) ?? "",
            // Some of Google's names are longer than 64 characters.
            scrubber.LongIdentifier(name) ?? "UNKNOWN",
            scrubber.Clean(error.Message),
            place?.Index ?? withoutIndex,
            ProviderDelay.Parse(error.Details?.QuotaErrorDetails?.RetryDelay));
    }
}
