namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>Writes a request down for people.</summary>
internal static class RequestRendering
{
    private const string Redacted = "[redacted]";

    // Everything else is shown only when it is known to be no secret.
    private static readonly string[] PublicHeaders = ["login-customer-id", "Content-Type"];

    public static async Task<RequestPreview> RenderAsync(
        HttpRequestMessage request, UploadBatch batch, CancellationToken cancellationToken)
    {
        var headers = request.Headers.Concat(request.Content!.Headers)
            .Select(header => KeyValuePair.Create(header.Key, ValueOf(header)))
            // The call itself adds it, with a fresh token.
            .Prepend(KeyValuePair.Create("Authorization", $"Bearer {Redacted}"));
        return new RequestPreview(
            request.Method.Method,
            request.RequestUri!,
            [.. headers],
            await request.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false),
            batch.Settled);
    }

    private static string ValueOf(KeyValuePair<string, IEnumerable<string>> header) =>
        PublicHeaders.Contains(header.Key, StringComparer.OrdinalIgnoreCase)
            ? string.Join(", ", header.Value)
            : Redacted;
}
