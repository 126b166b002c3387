using OpsMantik.Core.Operations;
using OpsMantik.Core.Sites;
using OpsMantik.Web.StatusPage;

namespace OpsMantik.Web.Endpoints;

/// <summary>
/// The life of one sale, as <c>opsmantik row show</c> tells it, but for what people did by hand: the worker's role may not read that.
/// A page for a browser, JSON for every other client.
/// </summary>
internal sealed class SaleEndpoint(
    RowHistoryReader reader, SiteDirectory sites, PageRenderer pages, StatusAccessFilter access, DatabaseReadiness database) : IEndpoint
{
    public string Function => FunctionNames.Sale;

    public string Route => Routes.Sale;

    public IReadOnlyList<IEndpointFilter> Filters { get; } = [MethodFilter.Get, access, BodyFilter.Instance];

    public async Task<IResult> HandleAsync(HttpContext context)
    {
        // Not from the route's values: only one of the hosts hands them to us.
        var name = context.Request.Path.Value!.TrimEnd('/').Split('/')[^1];
        if (!Guid.TryParseExact(name, "D", out var id))
            return Answer.BadRequest("the path must end in the id of a sale or of its row, such as 00000000-0000-0000-0000-000000000000");
        if (new QueryReader(context.Request.Query).FindFault() is { } fault)
            return Answer.BadRequest(fault);
        if (await database.FindFaultAsync(context.RequestAborted) is { } reason)
            return Answer.Unavailable(reason);

        context.Response.Headers.Vary = "Accept";
        var asPage = StatusEndpoint.PrefersHtml(context.Request.Headers.Accept);
        if (await reader.FindAsync(id, withAudit: false, context.RequestAborted) is not { } found)
            return asPage
                ? await pages.RenderAsync<UnknownSitePage>(nameof(UnknownSitePage.SaleId), id, StatusCodes.Status404NotFound)
                : Answer.Error(StatusCodes.Status404NotFound, "no row of the queue is of this sale");

        var names = await sites.ReadAsync([found.Row.SiteId], context.RequestAborted);
        var shown = found.WithShortClick();
        var history = shown with { Row = shown.Row with { SiteName = names.TitleOf(shown.Row.SiteId) } };
        return asPage
            ? await pages.RenderAsync<SalePage>((nameof(SalePage.History), history), (nameof(SalePage.Names), names))
            : Answer.Ok(history, StatusJson.Default.RowHistory);
    }
}
