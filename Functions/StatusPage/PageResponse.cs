using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;
using OpsMantik.Functions.Endpoints;

namespace OpsMantik.Functions.StatusPage;

/// <summary>An HTML page as an answer, locked down: it loads nothing, runs our one script and nothing else.</summary>
internal static class PageResponse
{
    private static readonly IReadOnlyList<(string, string)> Headers =
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

    public static EndpointResponse Of(Markup page) => new(HttpStatusCode.OK, Encoding.UTF8.GetBytes(page.ToString()))
    {
        ContentType = "text/html; charset=utf-8",
        OwnHeaders = Headers,
    };

    private static string Digest(string text) =>
        $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
}
