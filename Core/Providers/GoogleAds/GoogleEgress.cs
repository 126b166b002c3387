using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>
/// Where tokens and sales may go. In production only to Google, over TLS; no answer of a server, no credential and nothing of the
/// environment can send them elsewhere.
/// </summary>
internal sealed class GoogleEgress(IConfiguration configuration, IOptions<GoogleOptions> options)
{
    private const string Domain = "googleapis.com";
    private const string SignInHost = "accounts.google.com";

    /// <summary>What <see cref="Admits"/> asks for, behind the name of the setting.</summary>
    public const string Rule = "must be an https address on googleapis.com. Another host, or http on this machine, needs "
        + "Google__AllowOtherHosts=true (not in Development and Staging).";

    /// <summary>Whether the settings may name this address.</summary>
    public bool Admits(Uri? address) =>
        IsGoogles(address)
        || (IsSafe(address) && (options.Value.AllowOtherHosts || !WorkerEnvironment.IsProduction(configuration)));

    /// <summary>Whether a person may be sent there to sign in: the same for Google's own page.</summary>
    public bool AdmitsSignIn(Uri? address) => Admits(address) || (IsSafe(address) && address is { Scheme: "https", Host: SignInHost, UserInfo: "" });

    /// <summary>The one handler of all calls to Google.</summary>
    public SocketsHttpHandler CreateHandler() => new()
    {
        // Connections are renewed so that changes of DNS are seen; the handler itself can then live on.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(10),
        AutomaticDecompression = DecompressionMethods.All,
        // A redirect would carry the request, on token calls the secrets in its form, to wherever it points.
        AllowAutoRedirect = false,
        UseCookies = false,
        // What our caller put into trace headers is none of Google's business.
        ActivityHeadersPropagator = null,
        // Not that of HTTPS_PROXY and its like, which whoever can set a variable can set.
        UseProxy = options.Value.Proxy is { Length: > 0 },
        Proxy = options.Value.Proxy is { Length: > 0 } proxy ? ReadProxy(proxy) : null,
    };

    internal static bool IsProxy(string? text) =>
        string.IsNullOrEmpty(text)
        || (Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https", Host.Length: > 0, PathAndQuery: "/" });

    private static WebProxy ReadProxy(string text)
    {
        var address = new Uri(text);
        var login = address.UserInfo.Split(':', 2);
        return new WebProxy(address)
        {
            Credentials = login is [var user, var password]
                ? new NetworkCredential(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password))
                : null,
        };
    }

    private static bool IsGoogles(Uri? address) =>
        address is { IsAbsoluteUri: true, UserInfo: "" } && address.Scheme == Uri.UriSchemeHttps
        && (address.Host == Domain || address.Host.EndsWith("." + Domain, StringComparison.Ordinal));

    private static bool IsSafe(Uri? address) =>
        address is { IsAbsoluteUri: true }
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
}

/// <summary>The way to Google. Section <c>Google</c> (<c>Google__Proxy</c> …). Prints itself redacted.</summary>
public sealed class GoogleOptions
{
    public const string Section = "Google";

    /// <summary>
    /// The addresses in the settings may name other hosts than Google's, as for an emulator or a gateway of one's own: tokens and
    /// sales go there.
    /// </summary>
    public bool AllowOtherHosts { get; set; }

    /// <summary>Address of the HTTP proxy to Google, perhaps with a login; none: straight to Google, whatever the environment says.</summary>
    public string? Proxy { get; set; }

    /// <summary>Of the command line alone: the OAuth client that <c>credentials connect</c> asks for a consent with.</summary>
    public string? ClientId { get; set; }

    public string? ClientSecret { get; set; }

    /// <summary>Google's page where a person gives it.</summary>
    public Uri AuthorizationUri { get; set; } = new("https://accounts.google.com/o/oauth2/v2/auth");

    public override string ToString() => "[redacted]";
}
