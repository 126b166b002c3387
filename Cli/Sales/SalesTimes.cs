using System.Globalization;
using System.Text.RegularExpressions;
using OpsMantik.Core.Conversions;

namespace OpsMantik.Cli.Sales;

/// <summary>
/// Reads the times of a file. One without a zone is of the file's zone (<c>Parameters:TimeZone</c>) or of <c>--time-zone</c>. An hour that
/// the clock shows twice is the first; one that it skips is refused. Day before month with points; with slashes the column decides.
/// </summary>
internal sealed partial class SalesTimes(TimeZoneInfo? zone, bool? dayFirst)
{
    private bool _hasDayFirst;
    private bool _hasMonthFirst;

    /// <summary>Times that the clock showed twice.</summary>
    public int Repeated { get; private set; }

    public TimeZoneInfo? Zone => zone;

    /// <summary>Whether a date with slashes begins with the day; null while nothing says so.</summary>
    public bool? DayFirst => dayFirst ?? (_hasDayFirst == _hasMonthFirst ? null : _hasDayFirst);

    /// <exception cref="FormatException">There is no such zone.</exception>
    public static TimeZoneInfo FindZone(string name)
    {
        if (Offset().Match(name) is { Success: true } match)
        {
            var offset = ReadOffset(match.Value);
            return TimeZoneInfo.CreateCustomTimeZone(name, offset, name, name);
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found)
            ? found
            : throw new FormatException($"there is no time zone {name}; give one as Europe/Istanbul or +03:00");
    }

    /// <summary>Looks at one time of the column.</summary>
    public void Learn(string text)
    {
        if (Slashes().Match(text) is not { Success: true } match)
            return;
        _hasDayFirst |= Number(match, "first") > 12;
        _hasMonthFirst |= Number(match, "second") > 12;
    }

    /// <exception cref="FormatException">It is no moment.</exception>
    public DateTimeOffset Read(string text)
    {
        if (ConversionTime.Read(text) is { } moment)
            return moment;
        var date = Iso().Match(text) is { Success: true } iso ? iso : Points().Match(text) is { Success: true } points ? points
            : Named().Match(text) is { Success: true } named ? named
            : Slashes().Match(text);
        if (!date.Success)
            throw new FormatException($"occurred_at is {SaleFields.Quote(text)}, expected with its zone, such as 2026-11-23T10:00:00+03:00");
        // Its form is that of a date: what looks like a telephone number in it is none.
        var quoted = $"\"{text}\"";
        var local = Local(date, quoted);
        var own = date.Groups["zone"].Value.Trim();
        if ((own.Length > 0 ? FindZone(own) : zone) is not { } clock)
        {
            throw new FormatException(
                $"occurred_at is {quoted}, expected with its zone, such as 2026-11-23T10:00:00+03:00, or give --time-zone");
        }

        if (clock.IsInvalidTime(local))
            throw new FormatException($"occurred_at is {quoted}, an hour that the clock skipped in {clock.Id}");
        if (!clock.IsAmbiguousTime(local))
            return new DateTimeOffset(local, clock.GetUtcOffset(local));
        Repeated++;
        return new DateTimeOffset(local, clock.GetAmbiguousTimeOffsets(local).Max());
    }

    private DateTime Local(Match date, string quoted)
    {
        var (day, month) = date.Groups["first"].Success
            ? (DayFirst ?? throw new FormatException($"occurred_at is {quoted}: give --date-order day-month or month-day")) switch
            {
                true => (Number(date, "first"), Number(date, "second")),
                false => (Number(date, "second"), Number(date, "first")),
            }
            : (Number(date, "day"), date.Groups["name"] is { Success: true, Value: var name } ? Month(name) : Number(date, "month"));
        var year = Number(date, "year");
        var hour = Number(date, "hour");
        if (date.Groups["half"] is { Success: true, Value: var half })
        {
            var isAfternoon = half.StartsWith("p", StringComparison.OrdinalIgnoreCase) || half.Equals("ÖS", StringComparison.OrdinalIgnoreCase);
            hour = hour is < 1 or > 12 ? 99 : hour % 12 + (isAfternoon ? 12 : 0);
        }

        try
        {
            return new DateTime(year < 100 ? 2000 + year : year, month, day).Add(new TimeSpan(
                hour <= 23 ? hour : throw new FormatException($"occurred_at is {quoted}, which is no time of day"),
                Number(date, "minute"),
                Number(date, "second_")));
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new FormatException($"occurred_at is {quoted}, which is no day");
        }
    }

    private static int Month(string name) => Array.FindIndex(
        CultureInfo.InvariantCulture.DateTimeFormat.AbbreviatedMonthNames, month => name.StartsWith(month, StringComparison.OrdinalIgnoreCase)) + 1;

    private static int Number(Match match, string group) =>
        match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : 0;

    private static TimeSpan ReadOffset(string text)
    {
        var digits = text[1..].Replace(":", "", StringComparison.Ordinal).PadRight(4, '0');
        var offset = new TimeSpan(
            int.Parse(digits[..2], CultureInfo.InvariantCulture), int.Parse(digits[2..4], CultureInfo.InvariantCulture), 0);
        return offset > TimeSpan.FromHours(14) ? throw new FormatException($"there is no time zone {text}") : text[0] == '-' ? -offset : offset;
    }

    private const string TimeOfDay =
        @"[T ,]+(?<hour>[0-9]{1,2})[:.](?<minute>[0-5][0-9])([:.](?<second_>[0-5][0-9])([.,][0-9]+)?)?\s*(?<half>([AaPp][Mm]|ÖÖ|ÖS)(?![A-Za-z]))?"
        + @"\s*(?<zone>[Zz]|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?|[A-Za-z_]+/[A-Za-z_/+-]+)?\s*\z";

    private const string MonthName = "Jan(uary)?|Feb(ruary)?|Mar(ch)?|Apr(il)?|May|June?|July?|Aug(ust)?|Sept?(ember)?|Oct(ober)?|Nov(ember)?|Dec(ember)?";

    [GeneratedRegex(@"^(?<year>[0-9]{4})[-/.](?<month>[0-9]{1,2})[-/.](?<day>[0-9]{1,2})" + TimeOfDay)]
    private static partial Regex Iso();

    [GeneratedRegex(@"^(?<day>[0-9]{1,2})\.(?<month>[0-9]{1,2})\.(?<year>[0-9]{4}|[0-9]{2})" + TimeOfDay)]
    private static partial Regex Points();

    // Aug 14, 2026 and 14 August 2026, in English as Google's own importer takes them.
    [GeneratedRegex(
        @"^((?<name>" + MonthName + @")\.? +(?<day>[0-9]{1,2}),? *|(?<day>[0-9]{1,2}) +(?<name>" + MonthName + @")\.?,? +)(?<year>[0-9]{4})" + TimeOfDay,
        RegexOptions.IgnoreCase)]
    private static partial Regex Named();

    [GeneratedRegex(@"^(?<first>[0-9]{1,2})(?<mark>[/-])(?<second>[0-9]{1,2})\k<mark>(?<year>[0-9]{4}|[0-9]{2})" + TimeOfDay)]
    private static partial Regex Slashes();

    [GeneratedRegex(@"^[+-][0-9]{2}(:?[0-9]{2})?\z")]
    private static partial Regex Offset();
}
