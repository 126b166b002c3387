using System.Globalization;
using System.Text.Json.Nodes;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary>How an account's upload summaries differ from what it was sent. As it is made, not at all.</summary>
public sealed record SummaryDeviation
{
    /// <summary>So many of the newest successes are failures.</summary>
    public int Uncounted { get; init; }

    /// <summary>Enum name of what those failed with.</summary>
    public string Error { get; init; } = "EXPIRED_EVENT";

    /// <summary>So many of the newest successes are still pending.</summary>
    public int Pending { get; init; }

    /// <summary>The last so many days and jobs are told of; Google does not document how many.</summary>
    public int MostDays { get; init; } = 90;

    /// <summary>The account has no summary at all.</summary>
    public bool Missing { get; init; }

    /// <summary>The client that Data Manager's uploads stand under; null: they are not in the summaries.</summary>
    public string? DataManagerClient { get; init; }
}

/// <summary>The rows of <c>offline_conversion_upload_conversion_action_summary</c>: one for each action and client.</summary>
internal static class UploadSummaries
{
    public const string Resource = "offline_conversion_upload_conversion_action_summary";

    private static readonly string[] Names =
    [
        "resource_name", "client", "conversion_action_id", "conversion_action_name", "status", "total_event_count",
        "successful_event_count", "pending_event_count", "last_upload_date_time", "daily_summaries", "job_summaries", "alerts",
    ];

    public static IReadOnlyList<string> Fields { get; } = [.. Names.Select(name => $"{Resource}.{name}")];

    public static IReadOnlyList<Dictionary<string, object?>> Rows(
        UploadHistory history, AdsAccount account, string customerId, DateTimeOffset now)
    {
        var deviation = account.Summaries;
        if (deviation.Missing)
            return [];
        return
        [
            .. history.Read()
                .Select(entry => entry with { Client = entry.Client ?? deviation.DataManagerClient })
                .Where(entry => entry.Client is not null)
                .GroupBy(entry => (entry.Action, entry.Client))
                .Select(group => Row(Deviate([.. group], deviation), account, customerId, now)),
        ];
    }

    private static Dictionary<string, object?> Row(
        List<UploadEntry> entries, AdsAccount account, string customerId, DateTimeOffset now)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(account.TimeZone);
        string Day(UploadEntry entry) => Local(entry.At, zone, "yyyy-MM-dd");
        var (first, last) = (entries[0], entries.MaxBy(entry => entry.At)!);
        var days = entries.GroupBy(Day).OrderByDescending(day => day.Key).Take(account.Summaries.MostDays).ToList();
        var name = account.Actions?.FirstOrDefault(action => action.Id == first.Action)?.Name ?? new AdsAction(first.Action).Name;
        object?[] values =
        [
            $"customers/{customerId}/offlineConversionUploadConversionActionSummaries/{first.Action}~{first.Client}",
            first.Client,
            first.Action,
            name,
            now - last.At > TimeSpan.FromDays(28) ? "NO_RECENT_UPLOAD" : days[0].Any(entry => entry.Failed > 0) ? "NEEDS_ATTENTION" : "EXCELLENT",
            entries.Sum(entry => entry.Counted + entry.Failed + entry.Pending),
            entries.Sum(entry => entry.Counted),
            entries.Sum(entry => entry.Pending),
            Local(last.At, zone, "yyyy-MM-dd HH:mm:ss"),
            Summaries(days, "uploadDate"),
            Summaries(entries.Where(entry => entry.Job is not null).GroupBy(entry => $"{entry.Job}").TakeLast(account.Summaries.MostDays * 10), "jobId"),
            Alerts([.. days[0]]),
        ];
        return Fields.Zip(values).ToDictionary(field => field.First, field => field.Second);
    }

    private static JsonArray Summaries(IEnumerable<IGrouping<string, UploadEntry>> groups, string key) =>
    [
        .. groups.Select(group =>
        {
            var summary = new JsonObject { [key] = group.Key };
            // As Google writes proto3: an int64 is a string, and a zero is absent.
            foreach (var (name, count) in ((string, int)[])
                [
                    ("successfulCount", group.Sum(entry => entry.Counted)),
                    ("failedCount", group.Sum(entry => entry.Failed)),
                    ("pendingCount", group.Sum(entry => entry.Pending)),
                ])
            {
                if (count > 0)
                    summary[name] = count.ToString(CultureInfo.InvariantCulture);
            }

            return (JsonNode)summary;
        }),
    ];

    // "Alerts are generated from most recent calendar day with upload stats."
    private static JsonArray Alerts(IReadOnlyList<UploadEntry> day)
    {
        var total = day.Sum(entry => entry.Counted + entry.Failed + entry.Pending);
        return
        [
            .. day.SelectMany(entry => entry.Errors).GroupBy(error => error.Key, error => error.Value)
                .Select(error => (JsonNode)new JsonObject
                {
                    ["error"] = new JsonObject { [error.Key.Family] = error.Key.Name },
                    ["errorPercentage"] = (double)error.Sum() / total,
                }),
        ];
    }

    private static List<UploadEntry> Deviate(IReadOnlyList<UploadEntry> entries, SummaryDeviation deviation)
    {
        var (uncounted, pending) = (deviation.Uncounted, deviation.Pending);
        var error = new ErrorName(ErrorCatalog.Find(deviation.Error).Key, deviation.Error);
        List<UploadEntry> told = [];
        foreach (var entry in entries.OrderByDescending(entry => entry.At))
        {
            var lost = Math.Min(uncounted, entry.Counted);
            var open = Math.Min(pending, entry.Counted - lost);
            (uncounted, pending) = (uncounted - lost, pending - open);
            var errors = new Dictionary<ErrorName, int>(entry.Errors);
            if (lost > 0)
                errors[error] = errors.GetValueOrDefault(error) + lost;
            told.Add(entry with { Counted = entry.Counted - lost - open, Pending = entry.Pending + open, Errors = errors });
        }

        return told;
    }

    private static string Local(DateTimeOffset at, TimeZoneInfo zone, string format) =>
        TimeZoneInfo.ConvertTime(at, zone).ToString(format, CultureInfo.InvariantCulture);
}
