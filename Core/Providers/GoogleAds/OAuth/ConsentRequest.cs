using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;

namespace OpsMantik.Core.Providers.GoogleAds.OAuth;

/// <summary>
/// One question to a person at Google, answered on a loopback address by a code (RFC 8252), which is of use to nobody without the
/// verifier that stays here (PKCE, RFC 7636). Prints itself redacted.
/// </summary>
public sealed class ConsentRequest
{
    internal ConsentRequest(Uri page, ConsentClient client, Uri redirect, params IReadOnlyList<string> scopes)
    {
        (Client, Redirect, Scopes) = (client, redirect, scopes);
        var query = new Dictionary<string, string>
        {
            ["response_type"] = "code",
            ["client_id"] = client.ClientId,
            // As it is registered: Google compares letter by letter, and a Uri adds a slash.
            ["redirect_uri"] = redirect.OriginalString,
            ["scope"] = string.Join(' ', scopes),
            ["state"] = State,
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            ["code_challenge_method"] = "S256",
            // Without both, Google gives a refresh token to a person's first consent alone.
            ["access_type"] = "offline",
            ["prompt"] = "consent",
        };
        Address = new Uri($"{page.AbsoluteUri}?{string.Join('&', query.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"))}");
    }

    /// <summary>What the person opens. No secret: the code that it leads to needs the verifier.</summary>
    public Uri Address { get; }

    /// <summary>Where Google leads the browser back to.</summary>
    public Uri Redirect { get; }

    internal ConsentClient Client { get; }

    internal IReadOnlyList<string> Scopes { get; }

    internal string Verifier { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private string State { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <param name="query">Of the address that the browser was led back to.</param>
    /// <returns>Exactly one of the two.</returns>
    public (string? Code, string? Fault) ReadAnswer(string query)
    {
        var fields = HttpUtility.ParseQueryString(query);
        var (code, error) = (fields["code"], fields["error"]);
        if (string.IsNullOrEmpty(code) && error is null)
            return (null, "This is no answer of Google's: it has neither a code nor an error. Give the whole address, from http to its end.");
        // Before anything else in it is believed: whoever does not know the state did not get here by our address.
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(fields["state"] ?? ""), Encoding.UTF8.GetBytes(State)))
            return (null, "This is the answer to another question (its state is not ours): of an earlier try, or of somebody else. Run the command again.");
        return error is null ? (code, null)
            : error == "access_denied" ? (null, "The consent was declined at Google. Run the command again, and allow what it asks for.")
            : (null, $"Google gave no consent: {new SecretScrubber(State).Identifier(error) ?? "an error without a name"}. Run the command again.");
    }

    public override string ToString() => "[redacted]";
}

/// <summary>An OAuth client of one's own Google Cloud project. Prints itself redacted.</summary>
/// <param name="Redirect">The loopback address that a client of type web is registered with; null: it may be any.</param>
public sealed record ConsentClient(string ClientId, string ClientSecret, Uri? Redirect = null)
{
    private const string Example = "http://127.0.0.1:8085/";

    /// <summary>Reads <c>client_secret_….json</c> as Google hands it out.</summary>
    /// <returns>Exactly one of the two; the fault names fields, never their values.</returns>
    public static (ConsentClient? Client, string? Fault) Read(JsonElement file)
    {
        if (file.ValueKind != JsonValueKind.Object
            || (!file.TryGetProperty("installed", out var client) && !file.TryGetProperty("web", out client)))
            return (null, "it is not the file of an OAuth client, which has \"installed\" or \"web\": Google Cloud, Credentials, OAuth 2.0 Client IDs, Download.");
        var fields = new CredentialFields(client);
        var read = new ConsentClient(fields.Required("client_id"), fields.Required("client_secret"));
        if (fields.Fault is { } fault)
            return (null, fault);
        if (file.TryGetProperty("installed", out _))
            return (read, null);
        IEnumerable<JsonElement> redirects = client.TryGetProperty("redirect_uris", out var listed) && listed.ValueKind == JsonValueKind.Array ? listed.EnumerateArray() : [];
        return redirects.Select(each => each.ValueKind == JsonValueKind.String ? each.GetString() : null)
            .Select(text => Uri.TryCreate(text, UriKind.Absolute, out var address) ? address : null)
            .FirstOrDefault(address => address is { Scheme: "http", IsLoopback: true }) is { } redirect
                ? (read with { Redirect = redirect }, null)
                : (null, $"the client is of type web, and none of its redirect URIs is of this machine: add {Example} and download it anew, or make one of type Desktop app.");
    }

    public override string ToString() => "[redacted]";
}
