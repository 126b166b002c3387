namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>
/// Counts every project's requests in whole minutes and days (UTC; Google's days are Pacific). Reads and writes have
/// buckets of their own. Thread-safe.
/// </summary>
internal sealed class ProjectQuotas
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Project, bool Write, long Ticks), (long Window, int Used)> _used = [];

    /// <summary>The error of a request over a limit; null when it was counted in.</summary>
    public ErrorResponse? Take(string project, bool write, EmulatorSettings settings, DateTimeOffset now)
    {
        lock (_lock)
        {
            return Exceeded(TimeSpan.FromMinutes(1), settings.RequestsPerMinute, QuotaLimit.PerMinute(write))
                ?? Exceeded(TimeSpan.FromDays(1), settings.RequestsPerDay, QuotaLimit.PerDay(write))
                ?? Count();
        }

        ErrorResponse? Exceeded(TimeSpan length, int? allowed, QuotaLimit limit) =>
            allowed is { } most && Used(length) >= most
                ? limit.Exhausted(project, TimeSpan.FromTicks(length.Ticks - now.UtcTicks % length.Ticks))
                : null;

        int Used(TimeSpan length) =>
            _used.GetValueOrDefault((project, write, length.Ticks)) is var (window, used)
            && window == now.UtcTicks / length.Ticks ? used : 0;

        ErrorResponse? Count()
        {
            foreach (var length in new[] { TimeSpan.FromMinutes(1), TimeSpan.FromDays(1) })
                _used[(project, write, length.Ticks)] = (now.UtcTicks / length.Ticks, Used(length) + 1);
            return null;
        }
    }
}

/// <summary>One of a project's limits on the IngestionService, under Google's name for it.</summary>
/// <param name="Name">Value of <c>quota_limit</c>.</param>
/// <param name="Unit">Value of <c>quota_unit</c>.</param>
internal sealed record QuotaLimit(string Name, string Unit)
{
    public static QuotaLimit PerMinute(bool write) =>
        new($"Ingestion{Kind(write)}RequestsPerMinutePerProject", "1/min/{project}");

    public static QuotaLimit PerDay(bool write) =>
        new($"Ingestion{Kind(write)}RequestsPerDayPerProject", "1/d/{project}");

    public ErrorResponse Exhausted(string project, TimeSpan retryDelay) => new(429, "RESOURCE_EXHAUSTED",
        $"Quota exceeded for limit '{Name}' of service '{ErrorResponse.Service}' for consumer 'projects/{project}'.",
        "RATE_LIMIT_EXCEEDED")
    {
        Domain = "googleapis.com",
        Metadata =
        [
            ("service", ErrorResponse.Service), ("consumer", $"projects/{project}"), ("quota_limit", Name),
            ("quota_unit", Unit),
        ],
        RetryDelay = retryDelay,
    };

    private static string Kind(bool write) => write ? "Mutate" : "Read";
}
