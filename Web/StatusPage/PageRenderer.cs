using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Net.Http.Headers;
using OpsMantik.Core;

namespace OpsMantik.Web.StatusPage;

/// <summary>Renders a Razor component, a whole page, to HTML on the server. No component is alive afterwards.</summary>
internal sealed class PageRenderer(ILoggerFactory loggers)
{
    private static readonly BlazorServices Services = new();

    /// <param name="parameter">The name of the page's one parameter.</param>
    /// <param name="value">Its value.</param>
    public Task<PageResult> RenderAsync<TPage>(string parameter, object value, int status = StatusCodes.Status200OK)
        where TPage : IComponent => RenderAsync<TPage>(status, (parameter, value));

    /// <param name="parameters">The page's parameters by name.</param>
    public Task<PageResult> RenderAsync<TPage>(params (string Name, object Value)[] parameters)
        where TPage : IComponent => RenderAsync<TPage>(StatusCodes.Status200OK, parameters);

    private async Task<PageResult> RenderAsync<TPage>(int status, params (string Name, object Value)[] values)
        where TPage : IComponent
    {
        var parameters = ParameterView.FromDictionary(values.ToDictionary(value => value.Name, object? (value) => value.Value));
        // It keeps what it has rendered, so each page has its own.
        await using var renderer = new HtmlRenderer(Services, loggers);
        var html = await renderer.Dispatcher.InvokeAsync(
            async () => (await renderer.RenderComponentAsync<TPage>(parameters)).ToHtmlString());
        return new PageResult(VisibleHtml.Escape(html), status);
    }

    /// <summary>
    /// All that Blazor may ask for. The Functions host registers Blazor's services for itself; how our page is escaped must
    /// not depend on them.
    /// </summary>
    private sealed class BlazorServices : IServiceProvider, IComponentActivator
    {
        // Names in any script stay readable; what HTML gives a meaning, and what cannot be seen, is written as a number.
        private readonly HtmlEncoder _encoder = HtmlEncoder.Create(UnicodeRanges.All);

        public object? GetService(Type serviceType) =>
            serviceType == typeof(HtmlEncoder) ? _encoder
            : serviceType == typeof(IComponentActivator) ? this
            : null;

        // Blazor's own activator compiles a factory for each component, for services in its constructor. Ours have none,
        // and the first page would wait for it.
        public IComponent CreateInstance(Type componentType) => (IComponent)Activator.CreateInstance(componentType)!;
    }
}

/// <summary>
/// Encoded as a number, a character is still what it is: a reader's browser turns the line around. Whatever component it came from, it
/// is shown as in every outlet.
/// </summary>
internal static partial class VisibleHtml
{
    public static string Escape(string html) => VisibleText.EscapeLines(Encoded().Replace(html, match =>
        Rune.TryCreate(int.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture), out var rune)
        && rune.ToString() is var text && VisibleText.Escape(text) is var shown && shown != text
            ? shown
            : match.Value));

    // What a text has of "&" is encoded itself.
    [GeneratedRegex("&#x([0-9A-F]{1,6});")]
    private static partial Regex Encoded();
}

/// <summary>An HTML page as an answer, locked down: it loads nothing, runs our one script and nothing else.</summary>
internal sealed class PageResult(string html, int status) : IResult
{
    private static readonly (string Name, string Value)[] Headers =
    [
        // By digest, not by a nonce: the style sheet and the script are the same in every answer.
        (HeaderNames.ContentSecurityPolicy,
            $"default-src 'none'; style-src {Digest(PageAssets.Style)}; script-src {Digest(PageAssets.Script)}; connect-src 'self'; "
            + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
        (HeaderNames.XFrameOptions, "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ];

    public string Html => html;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        foreach (var (name, value) in Headers)
            httpContext.Response.Headers[name] = value;
        return TypedResults.Content(html, "text/html", Encoding.UTF8, status).ExecuteAsync(httpContext);
    }

    private static string Digest(string text) =>
        $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
}

/// <summary>What stands in every page as it is. The policy names both by their digest, so they must be sent unchanged.</summary>
internal static class PageAssets
{
    public static readonly string Style = Read("page.css");
    public static readonly string Script = Read("page.js");


    private static string Read(string file)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream(typeof(PageAssets), file)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
