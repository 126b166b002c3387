using System.Globalization;
using System.Text.RegularExpressions;

namespace OpsMantik.Core.Conversions;

/// <summary>
/// Reads the moment of a conversion from what dashboards and files write. A time without a zone is no moment and is refused. Stated readings:
/// a fraction of a second is kept here and cut when it is sent; 24:00 is the next day's 00:00; a leap second (…:60) is the
/// first second after it; ten digits are Unix seconds, thirteen milliseconds. An hour that the clock of a named zone repeats or skips is no
/// moment.
/// </summary>
public static partial class ConversionTime
{
    // 2001-09-09 to 2286-11-20: ten digits of seconds. What is shorter or longer may be anything.
    private const long FirstSecond = 1_000_000_000;
    private const long LastSecond = 9_999_999_999;

    /// <param name="text">As <c>2026-11-20T13:00:00+03:00</c>; also with a space, <c>+0300</c>, <c>+03</c>, <c>Z</c>, <c>Europe/Istanbul</c>, as <c>20261120 130000</c>, or Unix time.</param>
    public static DateTimeOffset? Read(string text)
    {
        var trimmed = text.Trim();
        if (long.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return FromUnix(number);
        if (Iso().Match(trimmed) is not { Success: true } match)
        {
            return DateTimeOffset.TryParseExact(trimmed, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var rfc)
                ? rfc
                : null;
        }

        if (ReadLocal(match) is not { } local || ReadOffset(match.Groups["zone"].Value, local) is not { } offset)
            return null;
        var utc = local - offset.Ticks;
        return utc < DateTime.MinValue.Ticks || utc > DateTime.MaxValue.Ticks ? null : new DateTimeOffset(utc, TimeSpan.Zero);
    }

    /// <summary>Unix seconds or milliseconds; null for a number that is neither.</summary>
    public static DateTimeOffset? FromUnix(long number) => number switch
    {
        >= FirstSecond and <= LastSecond => DateTimeOffset.FromUnixTimeSeconds(number),
        >= FirstSecond * 1000 and <= LastSecond * 1000 + 999 => DateTimeOffset.FromUnixTimeMilliseconds(number),
        _ => null,
    };

    /// <summary>The ticks of the date and time of day of a match of <see cref="Iso"/>; null when there is no such day or time.</summary>
    private static long? ReadLocal(Match match)
    {
        int Number(string group) => match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : 0;
        var (hour, minute, second) = (Number("hour"), Number("minute"), Number("second"));
        var fraction = match.Groups["fraction"].Value;
        var isMidnightAfter = hour == 24 && minute == 0 && second == 0 && fraction.All(digit => digit == '0');
        if (!isMidnightAfter && hour > 23 || minute > 59 || second > 60
            || !DateTime.TryParseExact(
                $"{match.Groups["year"].Value}-{Number("month"):00}-{Number("day"):00}",
                "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return null;
        }

        var ticks = second == 60 ? 0 : long.Parse(fraction.PadRight(7, '0').AsSpan(0, 7), NumberStyles.None, CultureInfo.InvariantCulture);
        var since = new TimeSpan(hour, minute, second) + TimeSpan.FromTicks(ticks);
        // Not a DateTime: 24:00 of the last day is none, and its zone may bring it back.
        return day.Ticks + since.Ticks;
    }

    private static TimeSpan? ReadOffset(string zone, long local)
    {
        if (zone.Contains('/', StringComparison.Ordinal))
            return ReadNamed(zone, local);
        if (zone is "Z" or "z" || zone.EndsWith("UTC", StringComparison.OrdinalIgnoreCase) || zone.EndsWith("GMT", StringComparison.OrdinalIgnoreCase))
            return TimeSpan.Zero;
        var digits = zone[1..].Replace(":", "", StringComparison.Ordinal);
        var offset = new TimeSpan(
            int.Parse(digits[..2], CultureInfo.InvariantCulture),
            digits.Length > 2 ? int.Parse(digits[2..], CultureInfo.InvariantCulture) : 0,
            0);
        // No zone is further from Greenwich than 14 hours.
        return offset > TimeSpan.FromHours(14) || digits.Length > 2 && int.Parse(digits[2..], CultureInfo.InvariantCulture) > 59 ? null
            : zone[0] == '+' ? offset
            : -offset;
    }

    private static TimeSpan? ReadNamed(string zone, long local)
    {
        if (local < DateTime.MinValue.Ticks || local > DateTime.MaxValue.Ticks || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var clock))
            return null;
        var time = new DateTime(local);
        return clock.IsInvalidTime(time) || clock.IsAmbiguousTime(time) ? null : clock.GetUtcOffset(time);
    }

    // 2026-11-20, or 20261120 as the AdWords API wrote it; 13:00:00, 130000, or 13-00-00 of exports (with its seconds: 13-00-03 is no zone).
    [GeneratedRegex(
        @"^(?:(?<year>[0-9]{4})-(?<month>[0-9]{1,2})-(?<day>[0-9]{1,2})|(?<year>[0-9]{4})(?<month>[0-9]{2})(?<day>[0-9]{2}))(?:[Tt]|\s+)"
        + @"(?:(?<hour>[0-9]{1,2}):(?<minute>[0-9]{2})(?::(?<second>[0-9]{2})(?:[.,](?<fraction>[0-9]{1,20}))?)?"
        + @"|(?<hour>[0-9]{2})(?<minute>[0-9]{2})(?<second>[0-9]{2})|(?<hour>[0-9]{2})-(?<minute>[0-9]{2})-(?<second>[0-9]{2}))"
        + @"\s*(?<zone>[Zz]|UTC|GMT|[+\-\u2212][0-9]{2}(?::?[0-9]{2})?|[A-Za-z_]+(?:/[A-Za-z_+-]+)+)\z")]
    private static partial Regex Iso();
}
