using OpsMantik.Core.Status;

namespace OpsMantik.Web.StatusPage.Parts;

/// <summary>The sites with the most waiting rows.</summary>
internal static class Backlogs
{
    public static Markup Of(StatusReport report, int most)
    {
        var backlogs = report.Backlogs;
        return Markup.Of(
            $"""
            <section aria-labelledby="backlogs">
            <h2 id="backlogs">Largest backlogs</h2>
            {(backlogs.Count == 0 ? Markup.Of($"<p class=\"none\">Nothing waits.</p>") : Table(backlogs.Take(most), report.TakenAt))}{Tables.More(backlogs.Count, most, "site")}</section>

            """);
    }

    private static Markup Table(IEnumerable<SiteState> sites, DateTime now) =>
        Tables.Of("backlogs", ["Site", "#Waiting", "#Retrying", "#Failed", "Oldest"], sites.Select(site => Markup.Of(
            $"<tr><td>{Tables.SiteLink(site.SiteId)}</td><td class=\"n\">{Words.Number(site.Waiting)}</td><td class=\"n\">{Words.Number(site.Retry)}</td><td class=\"n\">{Words.Number(site.Failed)}</td><td>{Words.Ago(site.OldestAt, now)}</td></tr>\n")));
}
