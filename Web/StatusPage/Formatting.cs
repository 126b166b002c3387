using System.Globalization;
using OpsMantik.Core;
using OpsMantik.Core.Reconciliation;
using OpsMantik.Core.Status;

namespace OpsMantik.Web.StatusPage;

/// <summary>Numbers, times and states as text for a person. Every time is UTC.</summary>
internal static class Formatting
{
    /// <summary><c>12,345</c>.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number and what it counts: <c>1 row</c>, <c>2 rows</c>.</summary>
    public static string Count(long number, string noun) => $"{Number(number)} {noun}{(number == 1 ? "" : "s")}";

    /// <summary>The two largest units: <c>45 s</c>, <c>12 min</c>, <c>3 h 5 min</c>, <c>2 d 4 h</c>.</summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 1 } => "0 s",
        { TotalMinutes: < 1 } => $"{duration.Seconds} s",
        { TotalHours: < 1 } => $"{duration.Minutes} min",
        { TotalDays: < 1 } => duration.Minutes == 0 ? $"{duration.Hours} h" : $"{duration.Hours} h {duration.Minutes} min",
        { TotalDays: < 10 } => duration.Hours == 0 ? $"{duration.Days} d" : $"{duration.Days} d {duration.Hours} h",
        _ => $"{Number(duration.Days)} d",
    };

    /// <summary><c>3 min ago</c>, <c>in 2 h</c>.</summary>
    public static string RelativeTime(DateTime at, DateTime now) => at > now ? $"in {Duration(at - now)}" : $"{Duration(now - at)} ago";

    /// <summary><c>1.2 s</c>.</summary>
    public static string Seconds(int milliseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000.0:0.0} s");

    /// <summary><c>2026-01-31 23:59:00 UTC</c>.</summary>
    public static string Timestamp(DateTime at) => at.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string HourAndMinute(DateTime at) => at.ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>Ids are long; their first eight characters tell them apart at a glance.</summary>
    public static string ShortId(Guid id) => id.ToString("D")[..8];

    public static string ProviderName(string key) => key == "google_ads" ? "Google Ads" : key;

    public static string ResponsibleName(Responsible responsible) => responsible switch
    {
        Responsible.SiteOwner => "site owner",
        Responsible.Operator => "operator",
        _ => "nobody",
    };

    /// <summary>What is wrong with the site, in a few words.</summary>
    public static string Problem(SiteState site) => site.Need switch
    {
        SiteNeed.Revoked => "Google refuses its credentials",
        SiteNeed.NoCredentials => "No credentials stored",
        SiteNeed.SetAside => "The database refuses to store outcomes",
        SiteNeed.Parked => "Set up wrongly; sales wait",
        SiteNeed.Failing => "Every sale of the last upload failed",
        SiteNeed.ManyFailed => "A tenth or more of the day's sales failed",
        SiteNeed.CountedFewer => "Google shows fewer sales than it took",
        SiteNeed.NotCorrected => site.Corrections.Failed > 0 ? "Changed sales could not be corrected" : "Changed sales wait for over a day",
        SiteNeed.CircuitOpen => "Uploads have failed for over an hour",
        SiteNeed.Isolated => "Uploads stopped by an operator",
        SiteNeed.Requeue => "New credentials; failed sales to requeue",
        _ => "Nothing to do",
    };

    /// <summary>How a site's counts compare, in a few words.</summary>
    public static string CountedText(CountComparison comparison) => comparison switch
    {
        { Verdict: CountVerdict.Agrees } => "Agrees",
        { Verdict: CountVerdict.Fewer } => $"{Number(comparison.Missing)} fewer than accepted",
        { Reason: NotComparableReason.DataManager } => "Not comparable: uploads by Data Manager alone",
        { Reason: NotComparableReason.NoUpload } => "Not comparable: no upload in these days",
        { Reason: NotComparableReason.NoPermission } => "Not comparable: Google gives no permission",
        _ => "Not comparable: Google has not answered yet",
    };

    /// <summary><c>1,234 (98.7 %)</c>; never rounded up to all.</summary>
    public static string CountedShare(CountComparison comparison) => comparison.Accepted == 0
        ? Number(comparison.Counted)
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{Number(comparison.Counted)} ({Math.Floor(1000.0 * comparison.Counted / comparison.Accepted) / 10:0.0} %)");

    /// <summary>What to do where no error code says.</summary>
    public static string Action(SiteNeed need) => need switch
    {
        SiteNeed.Isolated => "Close the circuit when the reason is gone: opsmantik circuit close.",
        SiteNeed.Requeue => "Send the failed sales again: opsmantik requeue with category AUTH.",
        SiteNeed.NotCorrected => "Look at the site's corrections: Google still has what they were to change.",
        SiteNeed.Failing or SiteNeed.ManyFailed => "Look at the site's latest failures.",
        _ => "Look at the site's rows.",
    };

    public static string CircuitState(SiteState site) =>
        site.Isolated ? "stopped by hand" : site.Circuit == "OPEN" ? "open" : site.Circuit == "HALF_OPEN" ? "trying" : "closed";

    /// <summary><c>Retract</c>, <c>Restate to ₺70.00</c>.</summary>
    public static string CorrectionText(StatusCorrection correction) =>
        correction.Value is { } value ? $"Restate to {value}" : "Retract";

    public static string JobName(string job) => job switch
    {
        WorkerTicks.Upload => "Upload",
        WorkerTicks.Recovery => "Recovery",
        WorkerTicks.Confirm => "Confirmation",
        WorkerTicks.Reconcile => "Reconciliation",
        _ => job,
    };
}
