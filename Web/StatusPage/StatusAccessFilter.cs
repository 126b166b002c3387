using System.Text;
using Microsoft.Extensions.Options;
using OpsMantik.Web.Endpoints;

namespace OpsMantik.Web.StatusPage;

/// <summary>
/// Admits callers that know the status secret or the cron secret, as a bearer token or as the password of a browser's sign-in
/// box (with any name), and users whom Azure has signed in where the settings trust that.
/// </summary>
internal sealed class StatusAccessFilter(IOptions<StatusPageOptions> options, AccessSecrets secrets, RefusedCalls refused)
    : IEndpointFilter
{
    private const string Basic = "Basic ";

    private bool IsConfigured => secrets.Cron.Fault is null || secrets.Status.Fault is null;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (Admits(http.Request))
            return await next(context);
        refused.Count(((FunctionCall)context).Route, http.Request.Headers.Authorization, IsConfigured);
        if (!IsConfigured)
            return Answer.Forbidden();
        http.Response.Headers.WWWAuthenticate = """Basic realm="OpsMantik status", charset="UTF-8" """.TrimEnd();
        return Answer.Error(
            StatusCodes.Status401Unauthorized, "sign in with any name and the status secret or the cron secret as the password");
    }

    /// <summary>
    /// Whether the caller may be told details where everybody is told something. A wrong secret is counted, or this would be
    /// the place to guess at.
    /// </summary>
    public bool TryAdmit(HttpRequest request, string route)
    {
        if (Admits(request))
            return true;
        if (request.Headers.Authorization.Count > 0)
            refused.Count(route, request.Headers.Authorization, IsConfigured);
        return false;
    }

    private bool Admits(HttpRequest request) =>
        ((AccessSecret.BearerOf(request.Headers.Authorization) ?? PasswordOf(request)) is { } presented && secrets.AnyKnows(presented))
        || IsSignedIn(request);

    private static string? PasswordOf(HttpRequest request)
    {
        if (request.Headers.Authorization is not [{ } authorization]
            || !authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var encoded = authorization[Basic.Length..].Trim();
        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is [_, var password]
            ? password
            : null;
    }

    private bool IsSignedIn(HttpRequest request) =>
        options.Value.TrustEasyAuth
        && request.Headers["X-MS-CLIENT-PRINCIPAL-IDP"] is ["aad"]
        && request.Headers["X-MS-CLIENT-PRINCIPAL-ID"] is [{ } id]
        && !string.IsNullOrWhiteSpace(id);
}

/// <summary>Who may see the status page beside those who know a secret.</summary>
public sealed class StatusPageOptions
{
    public const string Section = "StatusPage";

    // Azure sets it in the app's environment, to True, while its sign-in stands before the app
    // (https://learn.microsoft.com/azure/app-service/reference-app-settings#authentication--authorization).
    private const string SignInMark = "WEBSITE_AUTH_ENABLED";

    /// <summary>
    /// Admits users whom Azure's sign-in (Easy Auth, with Entra) says it has signed in. Only where that sign-in is on does
    /// the platform keep callers from writing its headers themselves, so it is off by default, and refused elsewhere.
    /// </summary>
    public bool TrustEasyAuth { get; set; }

    /// <exception cref="SettingsException">The sign-in is to be trusted, and Azure does not say that it is on.</exception>
    internal static void Check(IConfiguration configuration)
    {
        var trust = configuration.GetSection(Section).Get<StatusPageOptions>()?.TrustEasyAuth ?? false;
        if (trust && !string.Equals(configuration[SignInMark]?.Trim(), "true", StringComparison.OrdinalIgnoreCase))
            throw new SettingsException(
                $"{Section}__{nameof(TrustEasyAuth)} is true, and Azure's sign-in does not stand before this app ({SignInMark} is not "
                + "True), so anybody could write its headers: switch on Easy Auth for the app, or set it to false");
    }
}
