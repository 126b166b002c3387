using System.Globalization;
using System.Net;

namespace OpsMantik.Functions;

/// <summary>Where the settings say that the app listens.</summary>
internal static class ListenAddress
{
    public const string DefaultUrl = "http://127.0.0.1:7071";

    /// <summary>The Functions host sets it for the process it starts, and calls the app there.</summary>
    public const string PortSetting = "FUNCTIONS_CUSTOMHANDLER_PORT";

    /// <summary>Null without a Functions host.</summary>
    /// <exception cref="SettingsException">The Functions host's port is none.</exception>
    public static int? HostsPort(IConfiguration configuration)
    {
        var text = configuration[PortSetting];
        if (string.IsNullOrWhiteSpace(text))
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= IPEndPoint.MaxPort
                ? port
                : throw new SettingsException($"{PortSetting} must be a port from 1 to {IPEndPoint.MaxPort}");
    }

    /// <exception cref="SettingsException">An address is none where the web server could listen.</exception>
    public static string[] OwnUrls(IConfiguration configuration)
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
