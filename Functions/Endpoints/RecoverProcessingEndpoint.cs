using OpsMantik.Core.Runs;
using OpsMantik.Functions.Endpoints.Answers;

namespace OpsMantik.Functions.Endpoints;

/// <summary>Returns rows of dead workers to the queue: the HTTP twin of the recovery timer.</summary>
internal sealed class RecoverProcessingEndpoint(
    WorkerJobs jobs, DatabaseGate database, IHostApplicationLifetime lifetime) : IEndpoint
{
    private const int MostMinutes = 1_440;

    public string Function => FunctionNames.RecoverProcessing;

    public string Route => Routes.RecoverProcessing;

    public string Method => HttpMethod.Post.Method;

    public async Task<EndpointResponse> HandleAsync(
        EndpointRequest request, QueryReader query, ReadOnlyMemory<byte> body, CancellationToken clientGone)
    {
        var minutes = query.ReadInteger("min_age_minutes", 1, MostMinutes, RecoveryRun.DefaultMinAgeMinutes);
        if (query.FindFault() is { } fault)
            return EndpointResponse.BadRequest(fault);
        if (await database.FindFaultAsync(clientGone) is { } away)
            return EndpointResponse.Unavailable(away);

        var recovered = await jobs.Recover(minutes, lifetime.ApplicationStopping);
        return EndpointResponse.Ok(new RecoveryAnswer(true, recovered), AnswerJson.Default.RecoveryAnswer);
    }
}
