using System.Data.Common;
using Microsoft.Extensions.Primitives;
using OpsMantik.Core.Alerts;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Status;
using OpsMantik.Web.StatusPage;

namespace OpsMantik.Web.Endpoints;

/// <summary>
/// The status of all sites, of one (<c>?site=</c> with its id, or a text that one alone has), or a list of them (any other text, or
/// <c>?sort=</c>): a page for a browser, JSON for every other client.
/// </summary>
internal sealed class StatusEndpoint(
    StatusReader reader,
    PageRenderer pages,
    StatusAccessFilter access,
    DatabaseReadiness database,
    IConfiguration configuration,
    AlertWebhook alerts,
    AlertStore undeliveredAlerts,
    IEnumerable<IConversionProvider> providers) : IEndpoint
{
    private const string DefaultProvider = "google_ads";
    private const int LongestText = 200;

    public string Function => FunctionNames.Status;

    public string Route => Routes.Status;

    public IReadOnlyList<IEndpointFilter> Filters { get; } = [MethodFilter.Get, access, BodyFilter.Instance];

    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        var look = query.ReadText("site", LongestText);
        var sort = query.ReadChoice("sort", SiteListAnswer.Sorts);
        var page = query.ReadInteger("page", 1, 1_000_000, 1);
        var provider = query.ReadChoice("provider_key", [.. providers.Select(provider => provider.Key)]);
        if (query.FindFault() is { } fault)
            return Answer.BadRequest(fault);
        if (await database.FindFaultAsync(context.RequestAborted) is { } reason)
            return Answer.Unavailable(reason);

        context.Response.Headers.Vary = "Accept";
        var asPage = PrefersHtml(context.Request.Headers.Accept);
        if (look is null && sort is null && page == 1)
            return await AnswerForAllAsync(asPage, context.RequestAborted);
        if (Guid.TryParseExact(look, "D", out var site))
            return await AnswerForSiteAsync(site, provider ?? DefaultProvider, asPage, context.RequestAborted);
        look = look is "" ? null : look;
        var report = await (look is null ? reader.ReadAsync(context.RequestAborted) : reader.ReadAsync(look, context.RequestAborted));
        var list = SiteListAnswer.Of(report, look, sort ?? SiteListAnswer.Sorts[0], page);
        if (list is { Found: 1, Look: not null })
            return await AnswerForSiteAsync(list.Sites[0].SiteId, list.Sites[0].ProviderKey, asPage, context.RequestAborted);
        return asPage
            ? await pages.RenderAsync<SitesPage>((nameof(SitesPage.List), list), (nameof(SitesPage.Names), report.Names))
            : Answer.Ok(list, StatusJson.Default.SiteListAnswer);
    }

    // The page is there for a bad day: a warning that cannot be read does not end it.
    private async Task<string?> FindAlertFaultAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await undeliveredAlerts.FindFaultAsync(cancellationToken);
        }
        catch (DbException exception)
        {
            return $"operator_alerts cannot be read ({exception.SqlState ?? exception.GetType().Name})";
        }
    }

    private async Task<IResult> AnswerForAllAsync(bool asPage, CancellationToken cancellationToken)
    {
        var report = await reader.ReadAsync(cancellationToken);
        var undelivered = alerts.IsSet ? await FindAlertFaultAsync(cancellationToken) : null;
        string[] warnings =
        [
            .. undelivered is null ? (string[])[] : [$"Alerts are not delivered: {undelivered}. opsmantik alerts test"],
            .. SettingsWarning.FindAll(configuration).Select(warning => $"{warning.Message}. {warning.Fix}"),
        ];
        return asPage
            ? await pages.RenderAsync<OverviewPage>((nameof(OverviewPage.Report), report), (nameof(OverviewPage.Warnings), warnings))
            : Answer.Ok(StatusAnswer.Of(report, warnings), StatusJson.Default.StatusAnswer);
    }

    private async Task<IResult> AnswerForSiteAsync(Guid site, string provider, bool asPage, CancellationToken cancellationToken)
    {
        var report = await reader.ReadSiteAsync(site, provider, cancellationToken);
        if (report is null)
            return asPage
                ? await pages.RenderAsync<UnknownSitePage>(nameof(UnknownSitePage.SiteId), site, StatusCodes.Status404NotFound)
                : Answer.Error(StatusCodes.Status404NotFound, "the site has no rows and no uploads");
        return asPage
            ? await pages.RenderAsync<SitePage>(nameof(SitePage.Report), report)
            : Answer.Ok(report, StatusJson.Default.SiteReport);
    }

    // Browsers name HTML before anything else; curl and programs take whatever there is.
    internal static bool PrefersHtml(StringValues accepts)
    {
        if (accepts is not [{ } accept])
            return false;
        var html = accept.IndexOf("text/html", StringComparison.OrdinalIgnoreCase);
        var json = accept.IndexOf("application/json", StringComparison.OrdinalIgnoreCase);
        return html >= 0 && (json < 0 || html < json);
    }
}
