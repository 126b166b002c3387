using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using OpsMantik.Web;

namespace OpsMantik.Cli.Serve;

/// <summary>Where the settings say that <c>opsmantik serve</c> listens.</summary>
internal static class ListenAddress
{
    public const string DefaultUrl = "http://127.0.0.1:7071";

    /// <exception cref="SettingsException">An address is none where the web server could listen.</exception>
    public static string[] Read(IConfiguration configuration)
    {
        var text = configuration["urls"] ?? configuration["ASPNETCORE_URLS"];
        if (string.IsNullOrWhiteSpace(text))
            return [DefaultUrl];
        var urls = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return urls.Length > 0 && urls.All(CanListen)
            ? urls
            : throw new SettingsException(
                $"ASPNETCORE_URLS must be addresses such as {DefaultUrl}, with a semicolon between several: "
                + $"http, a port from 0 to {IPEndPoint.MaxPort}, no path");
    }

    /// <summary>The health page of a worker that listens there.</summary>
    public static Uri HealthPageAt(string url)
    {
        var address = BindingAddress.Parse(url);
        // What stands for all addresses of a machine is none to call.
        var host = address.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        return new Uri($"{address.Scheme}://{host}:{address.Port}{Routes.PathOf(Routes.Health)}");
    }

    // The web server finds out only when it listens, and says it in a different exception for each.
    private static bool CanListen(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase)
                && address is { Port: >= 0 and <= IPEndPoint.MaxPort, PathBase: "" }
                && !(address.Port == 0 && address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase));
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
