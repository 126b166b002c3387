namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>How a call ended.</summary>
/// <param name="Answer">The answer, whatever its status; null when none came.</param>
/// <param name="Fault">The outcome of all rows when no answer came.</param>
/// <param name="Scrubber">Knows every secret of the call.</param>
/// <param name="TokenReplaced">Google refused a cached token, and this is the answer to a fresh one.</param>
internal sealed record GoogleCall(
    GoogleAdsAnswer? Answer, UploadOutcome? Fault, SecretScrubber Scrubber, bool TokenReplaced = false);
