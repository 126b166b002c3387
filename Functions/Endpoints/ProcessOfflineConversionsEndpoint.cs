using OpsMantik.Core.Providers;
using OpsMantik.Core.Runs;
using OpsMantik.Functions.Endpoints.Answers;

namespace OpsMantik.Functions.Endpoints;

/// <summary>Uploads what is due, up to a limit: the HTTP twin of the upload timer.</summary>
internal sealed class ProcessOfflineConversionsEndpoint(
    WorkerJobs jobs,
    DatabaseGate database,
    IEnumerable<IConversionProvider> providers,
    IHostApplicationLifetime lifetime) : IEndpoint
{
    private const int MostRows = 10_000;
    private const int DefaultRows = 50;

    public string Function => FunctionNames.ProcessOfflineConversions;

    public string Route => Routes.ProcessOfflineConversions;

    public string Method => HttpMethod.Post.Method;

    public async Task<EndpointResponse> HandleAsync(
        EndpointRequest request, QueryReader query, ReadOnlyMemory<byte> body, CancellationToken clientGone)
    {
        var limit = query.ReadInteger("limit", 1, MostRows, DefaultRows);
        var providerKey = query.ReadChoice("provider_key", [.. providers.Select(provider => provider.Key)]);
        if (query.FindFault() is { } fault)
            return EndpointResponse.BadRequest(fault);
        if (await database.FindFaultAsync(clientGone) is { } away)
            return EndpointResponse.Unavailable(away);

        var done = await jobs.Upload(new UploadRequest(providerKey, limit), lifetime.ApplicationStopping);
        return EndpointResponse.Ok(
            new UploadAnswer(true, done.Processed, done.Completed, done.Failed, done.Retry, done.Submitted),
            AnswerJson.Default.UploadAnswer);
    }
}
