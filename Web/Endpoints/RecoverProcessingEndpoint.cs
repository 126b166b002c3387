using OpsMantik.Core.Runs;

namespace OpsMantik.Web.Endpoints;

/// <summary>Returns rows of dead workers to the queue: the HTTP twin of the recovery timer.</summary>
internal sealed class RecoverProcessingEndpoint(
    WorkerJobs jobs, DatabaseGate database, CronGate cron, IHostApplicationLifetime lifetime) : IEndpoint
{
    private const int MostMinutes = 1_440;

    public string Function => FunctionNames.RecoverProcessing;

    public string Route => Routes.RecoverProcessing;

    public IReadOnlyList<IEndpointFilter> Filters { get; } = [MethodFilter.Post, cron, BodyFilter.Instance];

    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        var minutes = query.ReadInteger("min_age_minutes", 1, MostMinutes, RecoveryRun.DefaultMinAgeMinutes);
        if (query.FindFault() is { } fault)
            return Answer.BadRequest(fault);
        if (await database.FindFaultAsync(context.RequestAborted) is { } away)
            return Answer.Unavailable(away);

        var recovered = await jobs.Recover(minutes, lifetime.ApplicationStopping);
        return Answer.Ok(new RecoveryAnswer(true, recovered), AnswerJson.Default.RecoveryAnswer);
    }
}
