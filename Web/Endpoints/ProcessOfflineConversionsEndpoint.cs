using OpsMantik.Core.Providers;
using OpsMantik.Core.Runs;

namespace OpsMantik.Web.Endpoints;

/// <summary>Uploads what is due, up to a limit: the HTTP twin of the upload timer.</summary>
internal sealed class ProcessOfflineConversionsEndpoint(
    WorkerJobs jobs,
    DatabaseGate database,
    IEnumerable<IConversionProvider> providers,
    CronGate cron,
    CallLimit limit) : IEndpoint
{
    private const int MostRows = 10_000;
    private const int DefaultRows = 50;

    public string Function => FunctionNames.ProcessOfflineConversions;

    public string Route => Routes.ProcessOfflineConversions;

    public IReadOnlyList<IEndpointFilter> Filters { get; } = [MethodFilter.Post, cron, BodyFilter.Instance];

    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        var rows = query.ReadInteger("limit", 1, MostRows, DefaultRows);
        var providerKey = query.ReadChoice("provider_key", [.. providers.Select(provider => provider.Key)]);
        if (query.FindFault() is { } fault)
            return Answer.BadRequest(fault);
        if (await database.FindFaultAsync(context.RequestAborted) is { } away)
            return Answer.Unavailable(away);

        var (done, note) = await limit.RunAsync(stopping => jobs.Upload(new UploadRequest(providerKey, rows), stopping));
        return Answer.Ok(
            new UploadAnswer(true, done.Processed, done.Completed, done.Failed, done.Retry, done.Submitted, note),
            AnswerJson.Default.UploadAnswer);
    }
}
