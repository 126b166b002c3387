namespace OpsMantik.Core.Reconciliation;

/// <summary>
/// Compares what a provider took with what it counted, over a window: its days begin at another hour than ours may, and it
/// counts some conversions a day later.
/// </summary>
/// <param name="From">The first day that was compared.</param>
/// <param name="To">The last day.</param>
/// <param name="Accepted">Conversions that it took at once, without those too young to compare.</param>
/// <param name="Counted">Conversions that it counted, from whichever client.</param>
/// <param name="Pending">Conversions that it still processes: not missing.</param>
public sealed record CountComparison(
    CountVerdict Verdict, string? Reason, DateOnly From, DateOnly To, long Accepted, long Counted, long Pending)
{
    /// <summary>Up to so many a difference is no news: a repeated upload, one that another program sent.</summary>
    public const int TolerableRows = 5;

    /// <summary>The same in percent of the accepted ones.</summary>
    public const int TolerablePercent = 2;

    /// <summary>Conversions that it took and does not show; 0 when it shows as many or more.</summary>
    public long Missing => Verdict == CountVerdict.Fewer ? Accepted - Counted - Pending : 0;

    /// <summary>Whether the difference is above 5 conversions and above 2 %.</summary>
    public bool NeedsPerson => Missing > TolerableRows && Missing * 100 > Accepted * TolerablePercent;

    /// <param name="days">Of the site's present action, in any order.</param>
    /// <param name="from">The window's first day.</param>
    /// <param name="to">Its last day.</param>
    /// <param name="since">The day on which the site began to upload to this action; null when it always has.</param>
    public static CountComparison Of(IReadOnlyList<ReconciledDay> days, DateOnly from, DateOnly to, DateOnly? since)
    {
        // Of that day itself, some uploads went to the action before.
        if (since?.AddDays(1) is { } own && own > from)
            from = own;
        // The provider tells of its last days, and not of how many: what it never told of is not compared.
        var told = days.Where(day => day.Counted is not null).ToList();
        if (told.Count > 0 && told.Min(day => day.Day) is var first && first > from)
            from = first;

        var window = days.Where(day => day.Day >= from && day.Day <= to).ToList();
        var accepted = window.Sum(day => day.Accepted - day.Recent);
        var (counted, pending) = (window.Sum(day => day.Counted ?? 0), window.Sum(day => day.Pending ?? 0));
        var (verdict, reason) = accepted <= 0
            ? (CountVerdict.NotComparable, window.Sum(day => day.Confirmed) > 0 ? NotComparableReason.DataManager : NotComparableReason.NoUpload)
            : counted + pending >= accepted ? (CountVerdict.Agrees, null)
            : (CountVerdict.Fewer, told.Count == 0 ? FewerReason.NotInSummary : MostFrequentError(window) ?? FewerReason.Unexplained);
        return new CountComparison(verdict, reason, from, to, Math.Max(accepted, 0), counted, pending);
    }

    // Alerts are shares of a day: a busy day's weigh more.
    private static string? MostFrequentError(List<ReconciledDay> window) => window
        .SelectMany(day => day.Alerts.Select(alert => (
            alert.Error, Weight: alert.Share * ((day.Counted ?? 0) + (day.Failed ?? 0) + (day.Pending ?? 0) + 1))))
        .GroupBy(alert => alert.Error)
        .OrderByDescending(group => group.Sum(alert => alert.Weight))
        .Select(group => group.Key)
        .FirstOrDefault();
}

/// <summary>What a comparison says.</summary>
public enum CountVerdict
{
    /// <summary>The provider counted, or still processes, at least what it took.</summary>
    Agrees,

    /// <summary>It took more than it shows.</summary>
    Fewer,

    /// <summary>Nothing can be said; <see cref="NotComparableReason"/> tells why.</summary>
    NotComparable,
}

/// <summary>Why a site's counts cannot be compared.</summary>
public static class NotComparableReason
{
    /// <summary>All uploads went through the Data Manager API, of which Google does not say where it counts them.</summary>
    public const string DataManager = "DATA_MANAGER";

    /// <summary>Nothing was uploaded in the window, or nothing old enough.</summary>
    public const string NoUpload = "NO_UPLOAD";

    /// <summary>The site's credentials do not open its account's summaries.</summary>
    public const string NoPermission = "NO_PERMISSION";

    /// <summary>The provider has not answered yet.</summary>
    public const string NoAnswer = "NO_ANSWER";
}

/// <summary>Why a provider counted fewer, where it names no error of its own.</summary>
public static class FewerReason
{
    /// <summary>Its summaries do not have the conversion action at all.</summary>
    public const string NotInSummary = "NOT_IN_SUMMARY";

    /// <summary>It names no error.</summary>
    public const string Unexplained = "COUNTED_FEWER";
}
