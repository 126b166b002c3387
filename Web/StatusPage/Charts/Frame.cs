using System.Globalization;

namespace OpsMantik.Web.StatusPage.Charts;

/// <summary>
/// Where a day is drawn: the plot's place in a picture that is about as wide as a phone, so that its texts are never
/// scaled down, and the axes around it.
/// </summary>
internal static class Frame
{
    public const double Width = 360;
    public const double Height = 170;
    public const double Left = 8;
    public const double Right = 352;
    public const double Top = 24;
    public const double Bottom = 146;

    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    /// <summary>A length with one decimal; pictures need no more.</summary>
    public static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    public static double X(DateTime at, DateTime now) => Right - ((now - at) / Day * (Right - Left));

    public static double Y(double value, double highest) =>
        Bottom - (highest <= 0 ? 0 : value / highest * (Bottom - Top));

    /// <summary>The highest value's line and name, the ground, and every sixth hour below it.</summary>
    public static Markup Axes(DateTime now, string highest)
    {
        var hours = Enumerable.Range(0, 25)
            .Select(back => new DateTime(now.Year, now.Month, now.Day, now.Hour, 0, 0, DateTimeKind.Utc).AddHours(-back))
            .Where(hour => hour.Hour % 6 == 0 && X(hour, now) is > Left + 12 and < Right - 12);
        return Markup.Of(
            $"""
            <path class="grid" d="M{Number(Left)} {Number(Top)}H{Number(Right)}"/><path class="axis" d="M{Number(Left)} {Number(Bottom)}H{Number(Right)}"/>
            <text x="{Number(Left)}" y="{Number(Top - 7)}">{highest}</text>{Markup.Join(hours.Select(hour => Markup.Of(
                $"<text x=\"{Number(X(hour, now))}\" y=\"{Number(Bottom + 16)}\" text-anchor=\"middle\">{hour:HH:mm}</text>")))}
            """);
    }

    /// <summary>A picture with its name, and the same in words for those who do not see it.</summary>
    public static Markup Figure(string title, string aside, string words, Markup drawing, Markup figures) => Markup.Of(
        $"""
        <figure><figcaption>{title} <span>{aside}</span></figcaption>
        <svg viewBox="0 0 {Number(Width)} {Number(Height)}" role="img" aria-label="{title}: {words}">{drawing}</svg>{figures}</figure>

        """);
}
