namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>
/// Counts every project's requests in whole minutes and days (UTC; Google's days are Pacific). Reads and writes have
/// buckets of their own. Thread-safe.
/// </summary>
internal sealed class ProjectQuotas
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Project, bool Write, long Ticks), (long Window, int Used)> _used = [];

    /// <summary>The fault of a request over a limit; null when it was counted in.</summary>
    public Fault? Take(string project, bool write, DataManagerSettings settings, DateTimeOffset now)
    {
        lock (_lock)
        {
            return Exceeded(TimeSpan.FromMinutes(1), settings.RequestsPerMinute, QuotaLimit.PerMinute(write))
                ?? Exceeded(TimeSpan.FromDays(1), settings.RequestsPerDay, QuotaLimit.PerDay(write))
                ?? Count();
        }

        Fault? Exceeded(TimeSpan length, int? allowed, QuotaLimit limit) =>
            allowed is { } most && Used(length) >= most
                ? limit.Exhausted(project, TimeSpan.FromTicks(length.Ticks - now.UtcTicks % length.Ticks))
                : null;

        int Used(TimeSpan length) =>
            _used.GetValueOrDefault((project, write, length.Ticks)) is var (window, used)
            && window == now.UtcTicks / length.Ticks ? used : 0;

        Fault? Count()
        {
            foreach (var length in new[] { TimeSpan.FromMinutes(1), TimeSpan.FromDays(1) })
                _used[(project, write, length.Ticks)] = (now.UtcTicks / length.Ticks, Used(length) + 1);
            return null;
        }
    }
}
