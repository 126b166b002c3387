namespace OpsMantik.Core.Providers.DataManager.Limits;

/// <summary>Google counts its daily quotas from midnight to midnight in Pacific time.</summary>
internal static class PacificDay
{
    private static readonly TimeZoneInfo Zone = FindZone();

    /// <summary>The next midnight after <paramref name="now"/>, when quotas return.</summary>
    public static DateTimeOffset EndOf(DateTimeOffset now)
    {
        var midnight = TimeZoneInfo.ConvertTime(now, Zone).Date.AddDays(1);
        // Clocks change at two in the morning, so every midnight exists exactly once.
        return new DateTimeOffset(midnight, Zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    private static TimeZoneInfo FindZone() =>
        TimeZoneInfo.TryFindSystemTimeZoneById("America/Los_Angeles", out var zone)
        || TimeZoneInfo.TryFindSystemTimeZoneById("Pacific Standard Time", out zone)
            ? zone
            // A container without a time zone database: in summer an hour late, which only waits a little longer.
            : TimeZoneInfo.CreateCustomTimeZone("Pacific", TimeSpan.FromHours(-8), "Pacific", "Pacific");
}
