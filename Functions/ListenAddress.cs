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

    public static string[] OwnUrls(IConfiguration configuration)
    {
        var urls = configuration["urls"] ?? configuration["ASPNETCORE_URLS"];
        return string.IsNullOrWhiteSpace(urls)
            ? [DefaultUrl]
            : urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
