using OpsMantik.Core.Status;

namespace OpsMantik.Functions.Endpoints.Answers;

/// <summary>The report with the first sites of each list; how many there are in all stands beside it.</summary>
internal sealed record StatusAnswer(
    bool Ok,
    DateTime TakenAt,
    IReadOnlyList<ProviderTotals> Providers,
    int SitesInNeed,
    IReadOnlyList<SiteState> InNeed,
    int CircuitsNotClosed,
    IReadOnlyList<SiteState> Circuits,
    int SitesWaiting,
    IReadOnlyList<SiteState> Backlogs,
    IReadOnlyList<FailureCount> FailuresLastHour,
    IReadOnlyList<FailedRow> LatestFailures,
    IReadOnlyList<HourOutcome> Hours,
    IReadOnlyList<BacklogSample> Backlog,
    IReadOnlyList<JobTick> Ticks)
{
    /// <summary>Sites of each list.</summary>
    public const int Most = 25;

    public static StatusAnswer Of(StatusReport report)
    {
        var (need, circuits, backlogs) = (report.InNeed, report.Circuits, report.Backlogs);
        return new StatusAnswer(
            true,
            report.TakenAt,
            report.Providers,
            need.Count,
            [.. need.Take(Most)],
            circuits.Count,
            [.. circuits.Take(Most)],
            backlogs.Count,
            [.. backlogs.Take(Most)],
            report.LastHour,
            report.Failures,
            report.Hours,
            report.Samples,
            report.Ticks);
    }
}
