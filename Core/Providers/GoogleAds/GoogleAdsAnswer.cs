namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>What came back over the wire, unread.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The whole body.</param>
/// <param name="RequestId">Header <c>request-id</c>, as sent: not yet known to be clean.</param>
/// <param name="RetryAfter">Header <c>Retry-After</c>, as a wait.</param>
internal sealed record GoogleAdsAnswer(int Status, byte[] Body, string? RequestId, TimeSpan? RetryAfter);
