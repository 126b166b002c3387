namespace OpsMantik.Functions.Tests.Providers.GoogleAds;

internal sealed record RecordedRequest(
    HttpMethod Method, Uri Uri, IReadOnlyDictionary<string, string> Headers, string Body);
