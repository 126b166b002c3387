using System.Net.Http.Json;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Providers.GoogleAds;

namespace OpsMantik.Core.Providers.DataManager;

/// <summary>Speaks the Data Manager API over REST, within its project's limits: one request, one answer or fault.</summary>
internal sealed class DataManagerClient(
    GoogleCalls calls, ProjectLimits limits, IOptions<DataManagerOptions> options)
{
    private readonly DataManagerOptions _options = options.Value;

    /// <exception cref="OperationCanceledException">The caller cancelled. A time limit of ours is a fault.</exception>
    public Task<GoogleCall> IngestAsync(
        DataManagerCredentials credentials, IngestEventsRequest body, CancellationToken cancellationToken) =>
        SendAsync(credentials, RequestKind.Ingest, () => Request(body), cancellationToken);

    /// <summary>The request without its token.</summary>
    public HttpRequestMessage Request(IngestEventsRequest body) =>
        new(HttpMethod.Post, new Uri(_options.BaseAddress, "v1/events:ingest"))
        {
            Content = JsonContent.Create(body, DataManagerJson.Default.IngestEventsRequest),
        };

    /// <exception cref="OperationCanceledException">The caller cancelled. A time limit of ours is a fault.</exception>
    public Task<GoogleCall> RetrieveStatusAsync(
        DataManagerCredentials credentials, string requestId, CancellationToken cancellationToken)
    {
        var address = new Uri(
            _options.BaseAddress, $"v1/requestStatus:retrieve?requestId={Uri.EscapeDataString(requestId)}");
        return SendAsync(
            credentials,
            RequestKind.Status,
            () => new HttpRequestMessage(HttpMethod.Get, address),
            cancellationToken);
    }

    private async Task<GoogleCall> SendAsync(
        DataManagerCredentials credentials,
        RequestKind kind,
        Func<HttpRequestMessage> request,
        CancellationToken cancellationToken)
    {
        using var permit = await limits.Gate(credentials.Project, kind).EnterAsync(cancellationToken)
            .ConfigureAwait(false);
        return permit.Refusal is { } refusal
            ? new GoogleCall(null, refusal with { MayHaveBeenSent = false }, new SecretScrubber())
            : await calls.SendAsync(credentials.Grant, ApiOf(kind), request, _options.RequestTimeout, cancellationToken)
                .ConfigureAwait(false);
    }

    private static string ApiOf(RequestKind kind) =>
        kind == RequestKind.Ingest ? "data_manager.ingest" : "data_manager.status";
}
