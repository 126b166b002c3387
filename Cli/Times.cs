using System.Globalization;

namespace OpsMantik.Cli;

/// <summary>Times for people: UTC, to the second.</summary>
internal static class Times
{
    public static string Utc(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string UtcOrDash(DateTime? time) => time is { } known ? Utc(known) : "-";
}
