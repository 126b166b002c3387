using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace OpsMantik.Web.StatusPage;

/// <summary>An HTML page as an answer, locked down: it loads nothing, runs our one script and nothing else.</summary>
internal sealed class PageResult(Markup page, int status = StatusCodes.Status200OK) : IResult
{
    private static readonly (string Name, string Value)[] Headers =
    [
        // By digest, not by a number that changes: the style sheet and the script are the same in every answer.
        (HeaderNames.ContentSecurityPolicy,
            $"default-src 'none'; style-src {Digest(Layout.Style)}; script-src {Digest(Layout.Script)}; connect-src 'self'; "
            + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
        (HeaderNames.XContentTypeOptions, "nosniff"),
        (HeaderNames.XFrameOptions, "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ];

    public Task ExecuteAsync(HttpContext httpContext)
    {
        foreach (var (name, value) in Headers)
            httpContext.Response.Headers[name] = value;
        return TypedResults.Content(page.ToString(), "text/html", Encoding.UTF8, status).ExecuteAsync(httpContext);
    }

    private static string Digest(string text) =>
        $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
}
