using OpsMantik.Core.Status;

namespace OpsMantik.Web.StatusPage.Parts;

/// <summary>Sites whose uploads are paused.</summary>
internal static class Circuits
{
    public static Markup Of(StatusReport report, int most)
    {
        var circuits = report.Circuits;
        return Markup.Of(
            $"""
            <section aria-labelledby="circuits">
            <h2 id="circuits">Circuits</h2>
            {(circuits.Count == 0 ? Markup.Of($"<p class=\"none\">All closed: no site is paused.</p>") : Table(circuits.Take(most), report.TakenAt))}{Tables.More(circuits.Count, most, "site")}</section>

            """);
    }

    private static Markup Table(IEnumerable<SiteState> circuits, DateTime now) =>
        Tables.Of("circuits", ["Site", "State", "Since", "Next try", "#Waiting"], circuits.Select(site => Markup.Of(
            $"<tr><td>{Tables.SiteLink(site.SiteId)}</td><td>{Words.Circuit(site)}</td><td>{Words.Ago(site.OpenedAt, now)}</td><td>{Next(site, now)}</td><td class=\"n\">{Words.Number(site.Waiting)}</td></tr>\n")));

    private static Markup Next(SiteState site, DateTime now) =>
        site.Isolated ? Markup.Of($"when closed")
        : site.Circuit == "HALF_OPEN" || site.NextProbeAt <= now ? Markup.Of($"next run")
        : Words.Ago(site.NextProbeAt, now);
}
