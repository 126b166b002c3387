using OpsMantik.Core.Status;
using OpsMantik.Web.StatusPage.Parts;

namespace OpsMantik.Web.StatusPage;

/// <summary>One site: what it needs, its rows and its ledger.</summary>
internal static class SitePage
{
    public static Markup Render(SiteReport report)
    {
        var site = report.State;
        var home = Routes.PathOf(Routes.Status);
        return Layout.Page(
            $"Site {Words.Short(site.SiteId)} – OpsMantik uploads",
            site.TakenAt,
            Markup.Of(
                $"""
                <nav aria-label="Breadcrumb"><a href="{home}">All sites</a></nav>
                <h1 class="{(site.Need == SiteNeed.Nothing ? "good" : "bad")}">{Words.Need(site)}</h1>
                <p class="id">Site <code>{site.SiteId}</code> at {Words.Provider(site.ProviderKey)}</p>
                {Tiles.Of(site)}
                {(site.Need == SiteNeed.Nothing ? Markup.Empty : Needs.Of([site]))}
                {Day.Of(report)}
                {SiteRows.Of(report)}
                {SiteLedger.Of(report)}
                """));
    }
}

/// <summary>Answers for a site id that has neither rows nor uploads.</summary>
internal static class UnknownSitePage
{
    public static Markup Render(Guid site) => Layout.Page(
        "Unknown site – OpsMantik uploads",
        null,
        Markup.Of(
            $"""
            <h1>Nothing is known of this site</h1>
            <p>Site <code>{site}</code> has no rows and no uploads. Compare the id with the dashboard's.</p>
            """));
}
