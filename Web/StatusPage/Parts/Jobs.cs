using OpsMantik.Core.Status;

namespace OpsMantik.Web.StatusPage.Parts;

/// <summary>When each job last ended well.</summary>
internal static class Jobs
{
    public static Markup Of(StatusReport report) => Markup.Of(
        $"""
        <section aria-labelledby="jobs">
        <h2 id="jobs">Last runs</h2>
        {(report.Ticks.Count == 0 ? Markup.Of($"<p class=\"none\">No run has ended yet.</p>") : Table(report))}</section>

        """);

    private static Markup Table(StatusReport report) => Tables.Of("jobs", ["Job", "Ended well"], report.Ticks.Select(tick => Markup.Of(
        $"<tr><td>{Words.Job(tick.Job)}</td><td>{Words.Ago(tick.EndedAt, report.TakenAt)}</td></tr>\n")));
}
