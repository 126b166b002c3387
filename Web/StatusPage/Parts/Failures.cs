using OpsMantik.Core.Status;

namespace OpsMantik.Web.StatusPage.Parts;

/// <summary>What failed lately, by code and row by row.</summary>
internal static class Failures
{
    public static Markup Of(StatusReport report) => Markup.Of(
        $"""
        <section aria-labelledby="hour">
        <h2 id="hour">Failed in the last hour</h2>
        {(report.LastHour.Count == 0 ? Markup.Of($"<p class=\"none\">Nothing.</p>") : Codes(report))}</section>
        <section aria-labelledby="failed">
        <h2 id="failed">Latest failures</h2>
        {(report.Failures.Count == 0 ? Markup.Of($"<p class=\"none\">No sale has failed.</p>") : Rows(report))}</section>

        """);

    private static Markup Codes(StatusReport report) => Tables.Of("hour", ["#Rows", "#Sites", "What it means"],
        report.LastHour.Take(OverviewPage.Most).Select(count => Markup.Of(
            $"<tr><td class=\"n\">{Words.Number(count.Rows)}</td><td class=\"n\">{Words.Number(count.Sites)}</td><td>{Tables.Explained(count.Meaning, null, withAction: true)}</td></tr>\n")));

    private static Markup Rows(StatusReport report) => Tables.Of("failed", ["When", "Site", "What happened"],
        report.Failures.Take(OverviewPage.Most).Select(row => Markup.Of(
            $"<tr><td>{Words.Ago(row.At, report.TakenAt)}</td><td>{Tables.SiteLink(row.SiteId)}</td><td>{Tables.Explained(row.Meaning, row.Message, withAction: false)}</td></tr>\n")));
}
