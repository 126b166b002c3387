namespace OpsMantik.Web.Endpoints;

/// <summary>Asks what became of submitted conversions: the HTTP twin of the confirmation timer.</summary>
internal sealed class ConfirmUploadsEndpoint(
    WorkerJobs jobs, DatabaseGate database, CronGate cron, CallLimit limit) : IEndpoint
{
    public string Function => FunctionNames.ConfirmUploads;

    public string Route => Routes.ConfirmUploads;

    public IReadOnlyList<IEndpointFilter> Filters { get; } = [MethodFilter.Post, cron, BodyFilter.Instance];

    public async Task<IResult> HandleAsync(HttpContext context)
    {
        if (new QueryReader(context.Request.Query).FindFault() is { } fault)
            return Answer.BadRequest(fault);
        if (await database.FindFaultAsync(context.RequestAborted) is { } away)
            return Answer.Unavailable(away);

        var (done, note) = await limit.RunAsync(jobs.Confirm);
        return Answer.Ok(
            new ConfirmAnswer(true, done.Checked, done.Completed, done.Failed, done.Retry, done.Pending, note),
            AnswerJson.Default.ConfirmAnswer);
    }
}
