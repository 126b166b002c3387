using System.Text;
using Microsoft.Extensions.Options;
using OpsMantik.Web.Endpoints;

namespace OpsMantik.Web.StatusPage;

/// <summary>
/// Admits callers that know the cron secret, as a bearer token or as the password of a browser's sign-in box (with any
/// name), and users whom Azure has signed in where the settings trust that.
/// </summary>
internal sealed class StatusAccessFilter(IOptions<StatusPageOptions> options, CronSecretFilter cron) : IEndpointFilter
{
    private const string Basic = "Basic ";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (cron.Admits(http.Request.Headers.Authorization) || IsPassword(http.Request) || IsSignedIn(http.Request))
            return await next(context);
        if (cron.Fault is not null)
            return Answer.Forbidden();
        http.Response.Headers.WWWAuthenticate = """Basic realm="OpsMantik status", charset="UTF-8" """.TrimEnd();
        return Answer.Error(
            StatusCodes.Status401Unauthorized, "sign in with any name and the cron secret as the password");
    }

    private bool IsPassword(HttpRequest request)
    {
        if (request.Headers.Authorization is not [{ } authorization]
            || !authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var encoded = authorization[Basic.Length..].Trim();
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length))
            return false;
        var pair = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        return pair.Length == 2 && cron.Knows(pair[1]);
    }

    private bool IsSignedIn(HttpRequest request) =>
        options.Value.TrustEasyAuth
        && request.Headers["X-MS-CLIENT-PRINCIPAL-IDP"] is ["aad"]
        && request.Headers["X-MS-CLIENT-PRINCIPAL-ID"] is [{ } id]
        && !string.IsNullOrWhiteSpace(id);
}
