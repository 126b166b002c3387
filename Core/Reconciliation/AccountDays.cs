namespace OpsMantik.Core.Reconciliation;

/// <summary>Days of an account as ranges of time: the ledger has times, the account days of its own zone.</summary>
/// <param name="Days">One after the other.</param>
/// <param name="Starts">When each begins.</param>
/// <param name="Ends">When each ends: when the next begins.</param>
internal sealed record AccountDays(IReadOnlyList<DateOnly> Days, DateTime[] Starts, DateTime[] Ends)
{
    /// <summary>A zone that this machine does not know counts as UTC: sums over a window hardly differ.</summary>
    public static TimeZoneInfo Zone(string name) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;

    public static DateOnly Of(DateTimeOffset now, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);

    /// <summary>The days from one to another, both among them.</summary>
    public static AccountDays Between(DateOnly first, DateOnly last, TimeZoneInfo zone)
    {
        var days = Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(first.AddDays).ToList();
        return new AccountDays(days, [.. days.Select(day => Start(day, zone))], [.. days.Select(day => Start(day.AddDays(1), zone))]);
    }

    // Where clocks go forward at midnight, the day begins when they have.
    private static DateTime Start(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(midnight))
            midnight = midnight.AddMinutes(30);
        return TimeZoneInfo.ConvertTimeToUtc(midnight, zone);
    }
}
