namespace OpsMantik.Core.Providers.GoogleAds.Wire;

/// <summary>UploadClickConversionsResponse. A result is an empty object for a conversion that was not taken.</summary>
internal sealed record UploadResponse(RpcStatus? PartialFailureError, IReadOnlyList<ConversionResult>? Results);
