using OpsMantik.Core;
using OpsMantik.Core.Status;

namespace OpsMantik.Cli.Status;

/// <summary>The status for a program.</summary>
internal static class StatusDocument
{
    public static object Of(StatusReport report) => new
    {
        report.TakenAt,
        report.Providers,
        sites = Listed(report).Select(site => new
        {
            site.SiteId,
            site.ProviderKey,
            site.Waiting,
            site.OldestAt,
            site.Retry,
            site.Processing,
            site.Submitted,
            site.Failed,
            site.FailedToday,
            site.Completed,
            site.Circuit,
            site.Isolated,
            need = site.Need == SiteNeed.Nothing ? null : NeedWords.Of(site.Need),
            cause = site.Cause?.Code,
        }),
        circuits = report.Circuits.Select(site => new
        {
            site.SiteId,
            site.ProviderKey,
            state = site.Circuit,
            site.Isolated,
            failure_count = site.Failures,
            site.OpenedAt,
            site.NextProbeAt,
        }),
        failures_last_hour = report.LastHour.Select(failure => new
        {
            failure.Category,
            failure.Code,
            failure.Rows,
            failure.Sites,
            meaning = failure.Meaning.Meaning,
            action = failure.Meaning.Action,
            who = Word(failure.Meaning.Who),
        }),
        report.Ticks,
    };

    /// <summary>Those that need a person, then those with a backlog, then the others.</summary>
    public static IEnumerable<SiteState> Listed(StatusReport report) =>
        report.InNeed.Concat(report.Backlogs).Concat(report.Sites.OrderBy(site => site.SiteId)).Distinct();

    private static string Word(Responsible who) => Who.Word(who);
}
