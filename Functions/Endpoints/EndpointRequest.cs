using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace OpsMantik.Functions.Endpoints;

/// <summary>An HTTP request without its host. Holds the caller's secret, so it prints only where it goes.</summary>
/// <param name="Path">Decoded, beginning with a slash.</param>
/// <param name="Query">Every value of every parameter; names compare without case.</param>
/// <param name="Header">The one header of a name; null when there is none or more than one.</param>
/// <param name="BodyLength">Bytes the caller announced; null when it did not say.</param>
internal sealed record EndpointRequest(
    string Method,
    string Path,
    IReadOnlyDictionary<string, string[]> Query,
    Func<string, string?> Header,
    Stream Body,
    long? BodyLength)
{
    public string? Authorization => Header(HeaderNames.Authorization);

    /// <summary>The query as ASP.NET Core parses it.</summary>
    public static IReadOnlyDictionary<string, string[]> ReadQuery(IEnumerable<KeyValuePair<string, StringValues>> query) =>
        query.ToDictionary(
            parameter => parameter.Key,
            parameter => parameter.Value.Select(value => value ?? "").ToArray(),
            StringComparer.OrdinalIgnoreCase);

    public override string ToString() => $"{Method} {Path}";
}
