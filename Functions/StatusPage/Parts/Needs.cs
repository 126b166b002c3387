using OpsMantik.Core.Status;

namespace OpsMantik.Functions.StatusPage.Parts;

/// <summary>Sites that a person has to see to, with what it means and what to do.</summary>
internal static class Needs
{
    public static Markup Of(IReadOnlyList<SiteState> sites, int most) => sites.Count == 0
        ? Markup.Empty
        : Markup.Of(
            $"""
            <section aria-labelledby="need">
            <h2 id="need">Needs a person</h2>
            <ol class="needs">{Markup.Join(sites.Take(most).Select(Item))}</ol>
            {Tables.More(sites.Count, most, "site")}</section>

            """);

    private static Markup Item(SiteState site)
    {
        var cause = site.Cause;
        return Markup.Of(
            $"""
            <li class="{Gravity(site.Need)}"><div class="what"><h3>{Words.Need(site)}</h3>
            <p>{cause?.Meaning} {cause?.Action ?? Words.Advice(site.Need)}</p></div>
            <dl><div><dt>Site</dt><dd>{Tables.SiteLink(site.SiteId)}</dd></div><div><dt>Rows</dt><dd>{Words.Number(site.RowsInNeed)}</dd></div><div><dt>Who</dt><dd>{Words.Who(cause?.Who ?? Core.Errors.Responsible.Operator)}</dd></div>{Code(cause)}</dl></li>
            """);
    }

    private static Markup Code(Core.Errors.ErrorMeaning? cause) => cause is null
        ? Markup.Empty
        : Markup.Of($"<div><dt>Code</dt><dd><code>{cause.Code}</code></dd></div>");

    private static string Gravity(SiteNeed need) =>
        need is SiteNeed.Isolated or SiteNeed.Requeue or SiteNeed.CircuitOpen ? "warn" : "bad";
}
