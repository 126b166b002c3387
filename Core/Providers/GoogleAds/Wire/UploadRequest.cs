namespace OpsMantik.Core.Providers.GoogleAds.Wire;

/// <summary>UploadClickConversionsRequest; the customer is in the path.</summary>
internal sealed record UploadRequest(IReadOnlyList<ClickConversion> Conversions, bool PartialFailure);
