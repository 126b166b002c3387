namespace OpsMantik.Core.Providers.GoogleAds.OAuth;

/// <summary>A token, or the outcome that all rows get because there is none.</summary>
/// <param name="Token">Null when there is a fault.</param>
/// <param name="Fault">Null when there is a token.</param>
/// <param name="FromCache">The token is an older one, that Google may have revoked since.</param>
internal sealed record TokenAnswer(AccessToken? Token, UploadOutcome? Fault, bool FromCache = false);
