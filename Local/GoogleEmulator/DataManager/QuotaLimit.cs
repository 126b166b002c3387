namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>One of a project's limits on the IngestionService, under Google's name for it.</summary>
/// <param name="Name">Value of <c>quota_limit</c>.</param>
/// <param name="Unit">Value of <c>quota_unit</c>.</param>
internal sealed record QuotaLimit(string Name, string Unit)
{
    public static QuotaLimit PerMinute(bool write) =>
        new($"Ingestion{Kind(write)}RequestsPerMinutePerProject", "1/min/{project}");

    public static QuotaLimit PerDay(bool write) =>
        new($"Ingestion{Kind(write)}RequestsPerDayPerProject", "1/d/{project}");

    public Fault Exhausted(string project, TimeSpan retryDelay) => new(429, "RESOURCE_EXHAUSTED",
        $"Quota exceeded for limit '{Name}' of service '{Fault.Service}' for consumer 'projects/{project}'.",
        "RATE_LIMIT_EXCEEDED")
    {
        Domain = "googleapis.com",
        Metadata =
        [
            ("service", Fault.Service), ("consumer", $"projects/{project}"), ("quota_limit", Name),
            ("quota_unit", Unit),
        ],
        RetryDelay = retryDelay,
    };

    private static string Kind(bool write) => write ? "Mutate" : "Read";
}
