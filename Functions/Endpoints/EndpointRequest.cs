namespace OpsMantik.Functions.Endpoints;

/// <summary>An HTTP request without its host. Holds the caller's secret, so it prints only where it goes.</summary>
/// <param name="Path">Decoded, beginning with a slash.</param>
/// <param name="Query">Every value of every parameter; names compare without case.</param>
/// <param name="Authorization">The one <c>Authorization</c> header; null when there is none or more than one.</param>
/// <param name="BodyLength">Bytes the caller announced; null when it did not say.</param>
internal sealed record EndpointRequest(
    string Method,
    string Path,
    IReadOnlyDictionary<string, string[]> Query,
    string? Authorization,
    Stream Body,
    long? BodyLength)
{
    public override string ToString() => $"{Method} {Path}";
}
