namespace OpsMantik.Core.Providers.GoogleAds.Wire;

/// <summary>UploadClickConversionsRequest; the customer is in the path.</summary>
/// <param name="ValidateOnly">True: looked at, and not counted. Left out of an upload.</param>
internal sealed record UploadRequest(
    IReadOnlyList<ClickConversion> Conversions, bool PartialFailure, bool? ValidateOnly = null);
