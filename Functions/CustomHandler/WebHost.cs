using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace OpsMantik.Functions.CustomHandler;

/// <summary>The web server: where it listens and how much patience it has.</summary>
internal static class WebHost
{
    public const string DefaultUrl = "http://127.0.0.1:7071";

    // The endpoints refuse long bodies in their own words; this only bounds what is drained after them.
    private const long MostBytesOfBody = 1024 * 1024;

    public static void AddWebServer(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Limit);
        builder.WebHost.UseUrls(UrlsOf(builder.Configuration));
    }

    private static string[] UrlsOf(ConfigurationManager configuration)
    {
        var urls = configuration["urls"] ?? configuration["ASPNETCORE_URLS"];
        return string.IsNullOrWhiteSpace(urls)
            ? [DefaultUrl]
            : urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static void Limit(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = MostBytesOfBody;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
    }
}
