using System.Net;
using Microsoft.Net.Http.Headers;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Status;
using OpsMantik.Functions.Endpoints.Answers;
using OpsMantik.Functions.StatusPage;

namespace OpsMantik.Functions.Endpoints;

/// <summary>How things stand, of all sites or of one (<c>?site=</c>): a page for a browser, JSON for everybody else.</summary>
internal sealed class StatusEndpoint(
    StatusReader reader, StatusGate gate, DatabaseGate database, IEnumerable<IConversionProvider> providers) : IEndpoint
{
    private const string DefaultProvider = "google_ads";

    public string Function => FunctionNames.Status;

    public string Route => Routes.Status;

    public string Method => HttpMethod.Get.Method;

    public EndpointResponse? Refuse(EndpointRequest request, CronGate cron) => gate.Refuse(request, cron);

    public async Task<EndpointResponse> HandleAsync(
        EndpointRequest request, QueryReader query, ReadOnlyMemory<byte> body, CancellationToken clientGone)
    {
        var site = query.ReadUuid("site");
        var provider = query.ReadChoice("provider_key", [.. providers.Select(provider => provider.Key)]);
        if (query.FindFault() is { } fault)
            return EndpointResponse.BadRequest(fault);
        if (await database.FindFaultAsync(clientGone) is { } away)
            return EndpointResponse.Unavailable(away);

        var asPage = WantsPage(request.Header(HeaderNames.Accept));
        var answer = site is null
            ? await AllAsync(asPage, clientGone)
            : await OneAsync(site.Value, provider ?? DefaultProvider, asPage, clientGone);
        return answer with { OwnHeaders = [.. answer.OwnHeaders, (HeaderNames.Vary, HeaderNames.Accept)] };
    }

    private async Task<EndpointResponse> AllAsync(bool asPage, CancellationToken clientGone)
    {
        var report = await reader.ReadAsync(clientGone);
        return asPage
            ? PageResponse.Of(OverviewPage.Render(report))
            : EndpointResponse.Ok(StatusAnswer.Of(report), StatusJson.Default.StatusAnswer);
    }

    private async Task<EndpointResponse> OneAsync(
        Guid site, string provider, bool asPage, CancellationToken clientGone)
    {
        var report = await reader.ReadSiteAsync(site, provider, clientGone);
        if (report is null)
            return asPage
                ? PageResponse.Of(UnknownSitePage.Render(site)) with { Status = HttpStatusCode.NotFound }
                : EndpointResponse.Error(HttpStatusCode.NotFound, "the site has no rows and no uploads");
        return asPage
            ? PageResponse.Of(SitePage.Render(report))
            : EndpointResponse.Ok(report, StatusJson.Default.SiteReport);
    }

    // Browsers name HTML before anything else; curl and programs take whatever there is.
    private static bool WantsPage(string? accept)
    {
        var html = accept?.IndexOf("text/html", StringComparison.OrdinalIgnoreCase) ?? -1;
        var json = accept?.IndexOf("application/json", StringComparison.OrdinalIgnoreCase) ?? -1;
        return html >= 0 && (json < 0 || html < json);
    }
}
