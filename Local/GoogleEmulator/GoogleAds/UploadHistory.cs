using System.Globalization;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary>What an account was sent, request by request, as Google's upload summaries tell of it. Thread-safe.</summary>
internal sealed class UploadHistory
{
    private readonly Lock _lock = new();
    private readonly List<UploadEntry> _entries = [];

    public void Add(UploadEntry entry)
    {
        lock (_lock)
            _entries.Add(entry);
    }

    public IReadOnlyList<UploadEntry> Read()
    {
        lock (_lock)
            return [.. _entries];
    }

    /// <summary>One entry for each conversion action of a processed request.</summary>
    /// <param name="request">Not only validated.</param>
    /// <param name="errors">Of its rows.</param>
    public void Add(UploadRequest request, IReadOnlyList<GoogleAdsError> errors, DateTimeOffset now)
    {
        var byRow = errors.Where(error => error.Index is not null).ToLookup(error => error.Index!.Value);
        foreach (var rows in request.Conversions.Index().GroupBy(row => UploadEntry.ActionOf(row.Item.ConversionAction)))
        {
            // A row has one result, whatever was wrong with it.
            var failed = rows.Select(row => byRow[row.Index].FirstOrDefault()).OfType<GoogleAdsError>()
                .CountBy(error => new ErrorName(error.Kind.Key, error.Kind.Code));
            if (rows.Key is { } action)
                Add(new UploadEntry(UploadEntry.AdsApi, action, now, request.JobId, rows.Count(row => !byRow.Contains(row.Index)), 0, failed.ToDictionary()));
        }
    }
}

/// <summary>The results of one request for one conversion action.</summary>
/// <param name="Client">Through what it came; null for Data Manager, whose client Google does not state.</param>
internal sealed record UploadEntry(
    string? Client, long Action, DateTimeOffset At, long? Job, int Counted, int Pending, IReadOnlyDictionary<ErrorName, int> Errors)
{
    public const string AdsApi = "GOOGLE_ADS_API";

    public int Failed => Errors.Values.Sum();

    /// <summary>The last part of a resource name; null when it is no number.</summary>
    public static long? ActionOf(string? resource) =>
        long.TryParse(resource?.Split('/')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}

/// <summary>An enum value, and the member of <c>errorCode</c> that it stands under.</summary>
internal readonly record struct ErrorName(string Family, string Name);
