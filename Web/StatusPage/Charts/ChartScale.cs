using System.Globalization;

namespace OpsMantik.Web.StatusPage.Charts;

/// <summary>
/// The coordinates of a chart of the last 24 hours. It is about as wide as a phone, so that its texts are never scaled
/// down.
/// </summary>
internal static class ChartScale
{
    public const double Width = 360;
    public const double Height = 170;
    public const double Left = 8;
    public const double Right = 352;
    public const double Top = 24;
    public const double Bottom = 146;

    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    public static double X(DateTime at, DateTime now) => Right - ((now - at) / Day * (Right - Left));

    /// <param name="highest">The value at the top.</param>
    public static double Y(double value, double highest) =>
        Bottom - (highest <= 0 ? 0 : value / highest * (Bottom - Top));

    /// <summary>A coordinate with one decimal; more cannot be seen.</summary>
    public static string Coordinate(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>The beginning of the hour that is under way and of the 24 before it, the earliest first.</summary>
    public static IReadOnlyList<DateTime> Hours(DateTime now)
    {
        var current = new DateTime(now.Year, now.Month, now.Day, now.Hour, 0, 0, DateTimeKind.Utc);
        var hours = new DateTime[25];
        for (var i = 0; i < hours.Length; i++)
            hours[i] = current.AddHours(i - 24);
        return hours;
    }
}

/// <summary>A value at a time (UTC).</summary>
public sealed record ChartPoint(DateTime At, double Value);
