using System.Globalization;
using OpsMantik.Core;
using OpsMantik.Core.Status;

namespace OpsMantik.Web.StatusPage;

/// <summary>Numbers, times and names as a person reads them. Every time is UTC.</summary>
internal static class Words
{
    /// <summary><c>12,345</c>.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number and what it counts: <c>1 row</c>, <c>2 rows</c>.</summary>
    public static string Count(long number, string one) => $"{Number(number)} {one}{(number == 1 ? "" : "s")}";

    /// <summary>The two largest units: <c>45 s</c>, <c>12 min</c>, <c>3 h 5 min</c>, <c>2 d 4 h</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => "0 s",
        { TotalMinutes: < 1 } => $"{span.Seconds} s",
        { TotalHours: < 1 } => $"{span.Minutes} min",
        { TotalDays: < 1 } => span.Minutes == 0 ? $"{span.Hours} h" : $"{span.Hours} h {span.Minutes} min",
        { TotalDays: < 10 } => span.Hours == 0 ? $"{span.Days} d" : $"{span.Days} d {span.Hours} h",
        _ => $"{Number(span.Days)} d",
    };

    /// <summary>Site ids are long; their first eight characters tell them apart at a glance.</summary>
    public static string Short(Guid id) => id.ToString("D")[..8];

    /// <summary>A time as an element: exact for machines and on hover, relative for the eye.</summary>
    public static Markup Ago(DateTime? at, DateTime now) =>
        at is not { } time ? Markup.Of($"–") : Time(time, time > now ? $"in {Span(time - now)}" : $"{Span(now - time)} ago");

    public static Markup Time(DateTime at, string text) =>
        Markup.Of($"""<time datetime="{at:yyyy-MM-ddTHH:mm:ssZ}" title="{at:yyyy-MM-dd HH:mm:ss} UTC">{text}</time>""");

    public static string Who(Responsible who) => who switch
    {
        Responsible.SiteOwner => "site owner",
        Responsible.Operator => "operator",
        _ => "nobody",
    };

    public static string Provider(string key) => key == "google_ads" ? "Google Ads" : key;

    /// <summary>What is wrong with the site, in a few words.</summary>
    public static string Need(SiteState site) => site.Need switch
    {
        SiteNeed.Revoked => "Google refuses its credentials",
        SiteNeed.NoCredentials => "No credentials stored",
        SiteNeed.Parked => "Set up wrongly; sales wait",
        SiteNeed.Failing => "Every sale of the last upload failed",
        SiteNeed.CircuitOpen => "Uploads have failed for over an hour",
        SiteNeed.Isolated => "Uploads stopped by an operator",
        SiteNeed.Requeue => "New credentials; failed sales to requeue",
        _ => "Nothing to do",
    };

    /// <summary>What to do where no code tells.</summary>
    public static string Advice(SiteNeed need) => need switch
    {
        SiteNeed.Isolated => "Close the circuit when the reason is gone: opsmantik circuit close.",
        SiteNeed.Requeue => "Send the failed sales again: opsmantik requeue with category AUTH.",
        SiteNeed.Failing => "Look at the site's latest failures.",
        _ => "Look at the site's rows.",
    };

    public static string Circuit(SiteState site) =>
        site.Isolated ? "stopped by hand" : site.Circuit == "OPEN" ? "open" : site.Circuit == "HALF_OPEN" ? "trying" : "closed";

    public static string Job(string job) => job switch
    {
        WorkerTicks.Upload => "Upload",
        WorkerTicks.Recovery => "Recovery",
        WorkerTicks.Confirm => "Confirmation",
        _ => job,
    };
}
