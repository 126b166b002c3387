using OpsMantik.Functions.Endpoints.Answers;

namespace OpsMantik.Functions.Endpoints;

/// <summary>Asks what became of submitted conversions: the HTTP twin of the confirmation timer.</summary>
internal sealed class ConfirmUploadsEndpoint(
    WorkerJobs jobs, DatabaseGate database, IHostApplicationLifetime lifetime) : IEndpoint
{
    public string Function => FunctionNames.ConfirmUploads;

    public string Route => Routes.ConfirmUploads;

    public string Method => HttpMethod.Post.Method;

    public async Task<EndpointResponse> HandleAsync(
        EndpointRequest request, QueryReader query, ReadOnlyMemory<byte> body, CancellationToken clientGone)
    {
        if (query.FindFault() is { } fault)
            return EndpointResponse.BadRequest(fault);
        if (await database.FindFaultAsync(clientGone) is { } away)
            return EndpointResponse.Unavailable(away);

        var done = await jobs.Confirm(lifetime.ApplicationStopping);
        return EndpointResponse.Ok(
            new ConfirmAnswer(true, done.Checked, done.Completed, done.Failed, done.Retry, done.Pending),
            AnswerJson.Default.ConfirmAnswer);
    }
}
