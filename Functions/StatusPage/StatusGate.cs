using System.Net;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using OpsMantik.Functions.Endpoints;

namespace OpsMantik.Functions.StatusPage;

/// <summary>
/// Lets in who bears the cron secret, as a bearer or as the password of a browser's sign-in box with any name, and whom
/// Azure has signed in where the settings trust it.
/// </summary>
internal sealed class StatusGate(IOptions<StatusPageOptions> options)
{
    private const string Basic = "Basic ";

    private static readonly (string, string)[] Challenge =
        [(HeaderNames.WWWAuthenticate, """Basic realm="OpsMantik status", charset="UTF-8" """.TrimEnd())];

    /// <summary>Null lets the request in.</summary>
    public EndpointResponse? Refuse(EndpointRequest request, CronGate cron) =>
        cron.Admits(request.Authorization) || IsPassword(request.Authorization, cron) || IsSignedIn(request) ? null
        : cron.Fault is null ? EndpointResponse.Error(
            HttpStatusCode.Unauthorized, "sign in with any name and the cron secret as the password") with
        {
            OwnHeaders = Challenge,
        }
        : EndpointResponse.Forbidden();

    private static bool IsPassword(string? authorization, CronGate cron)
    {
        if (authorization?.StartsWith(Basic, StringComparison.OrdinalIgnoreCase) is not true)
            return false;
        var encoded = authorization[Basic.Length..].Trim();
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length))
            return false;
        var pair = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        return pair.Length == 2 && cron.Knows(pair[1]);
    }

    private bool IsSignedIn(EndpointRequest request) =>
        options.Value.TrustEasyAuth
        && request.Header("X-MS-CLIENT-PRINCIPAL-IDP") == "aad"
        && !string.IsNullOrWhiteSpace(request.Header("X-MS-CLIENT-PRINCIPAL-ID"));
}
