using OpsMantik.Core;
using OpsMantik.Core.Status;

namespace OpsMantik.Web.StatusPage.Parts;

/// <summary>
/// Sites that a person has to see to, with what it means and what to do. Sites with the same trouble stand together: one
/// retired API version is one thing to do, however many sites it stops.
/// </summary>
internal static class Needs
{
    private const int MaxTroubles = 12;
    private const int MaxSites = 7;

    /// <param name="sites">The gravest first.</param>
    public static Markup Of(IReadOnlyList<SiteState> sites)
    {
        if (sites.Count == 0)
            return Markup.Empty;
        var troubles = sites.GroupBy(site => (site.Need, site.Cause?.Code)).ToList();
        return Markup.Of(
            $"""
            <section aria-labelledby="need">
            <h2 id="need">Needs a person</h2>
            <ol class="needs">{Markup.Join(troubles.Take(MaxTroubles).Select(trouble => Item([.. trouble])))}</ol>
            {Tables.More(troubles.Skip(MaxTroubles).Sum(trouble => trouble.Count()), 0, "site")}</section>

            """);
    }

    private static Markup Item(IReadOnlyList<SiteState> sites)
    {
        var (need, cause) = (sites[0].Need, sites[0].Cause);
        return Markup.Of(
            $"""
            <li class="{Gravity(need)}"><div><h3>{Words.Need(sites[0])}</h3>
            <p>{cause?.Meaning} {cause?.Action ?? Words.Advice(need)}</p></div>
            <dl><div><dt>Who</dt><dd>{Words.Who(Who(cause))}</dd></div><div><dt>Rows</dt><dd>{Words.Number(sites.Sum(site => site.RowsInNeed))}</dd></div>{Code(cause)}</dl>
            <ul class="sites" aria-label="Sites">{Markup.Join(sites.Take(MaxSites).Select(Site))}{Others(sites.Count - MaxSites)}</ul></li>

            """);
    }

    private static Markup Site(SiteState site) =>
        Markup.Of($"<li>{Tables.SiteLink(site.SiteId)} {Words.Count(site.RowsInNeed, "row")}</li>");

    private static Markup Others(int number) =>
        number <= 0 ? Markup.Empty : Markup.Of($"<li>and {Words.Count(number, "site")} more</li>");

    private static Markup Code(ErrorMeaning? cause) =>
        cause is null ? Markup.Empty : Markup.Of($"<div><dt>Code</dt><dd><code>{cause.Code}</code></dd></div>");

    // A site that needs a person is never nobody's: what heals by itself and has not, the operator looks at.
    private static Responsible Who(ErrorMeaning? cause) =>
        cause is { Who: not Responsible.Nobody } ? cause.Who : Responsible.Operator;

    private static string Gravity(SiteNeed need) =>
        need is SiteNeed.Isolated or SiteNeed.Requeue or SiteNeed.CircuitOpen ? "warn" : "bad";
}
