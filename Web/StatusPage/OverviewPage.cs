using OpsMantik.Core.Status;
using OpsMantik.Web.StatusPage.Parts;

namespace OpsMantik.Web.StatusPage;

/// <summary>All sites: who needs a person first, then how the day went.</summary>
internal static class OverviewPage
{
    /// <summary>Sites of each list; thousands would be no page.</summary>
    public const int Most = 20;

    public static Markup Render(StatusReport report)
    {
        var need = report.InNeed;
        var title = need.Count == 0 ? "All well" : $"{Words.Count(need.Count, "site")} {(need.Count == 1 ? "needs" : "need")} a person";
        return Layout.Page(
            $"{title} – OpsMantik uploads",
            report.TakenAt,
            Markup.Of(
                $"""
                <h1 class="{(need.Count == 0 ? "good" : "bad")}">{title}</h1>
                {Tiles.Of(report)}
                {Needs.Of(need)}
                {Day.Of(report)}
                {Failures.Of(report)}
                {Circuits.Of(report, Most)}
                {Backlogs.Of(report, Most)}
                {Jobs.Of(report)}
                """));
    }
}
