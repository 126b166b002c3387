using System.Globalization;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Runs;
using OpsMantik.Core.Sites;

namespace OpsMantik.Web.Endpoints;

/// <summary>Uploads what is due, up to a limit: the HTTP twin of the upload timer.</summary>
internal sealed class ProcessOfflineConversionsEndpoint(
    WorkerJobs jobs,
    DatabaseReadiness database,
    IEnumerable<IConversionProvider> providers,
    CronSecretFilter cron,
    CallLimit limit) : IEndpoint
{
    private const int MaxRows = 10_000;
    private const int DefaultRows = 50;

    public string Function => FunctionNames.ProcessOfflineConversions;

    public string Route => Routes.ProcessOfflineConversions;

    public IReadOnlyList<IEndpointFilter> Filters { get; } = [MethodFilter.Post, cron, BodyFilter.Instance];

    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        var rows = query.ReadInteger("limit", 1, MaxRows, DefaultRows);
        var providerKey = query.ReadChoice("provider_key", [.. providers.Select(provider => provider.Key)]);
        if (query.FindFault() is { } fault)
            return Answer.BadRequest(fault);
        if (await database.FindFaultAsync(context.RequestAborted) is { } away)
            return Answer.Unavailable(away);

        var (done, note) = await limit.RunAsync(stopping => jobs.Upload(new UploadRequest(providerKey, rows), stopping));
        return Answer.Ok(
            new UploadAnswer(true, done.Processed, done.Completed, done.Failed, done.Retry, done.Submitted, done.Corrected, note),
            AnswerJson.Default.UploadAnswer);
    }
}

/// <summary>Returns rows of dead workers to the queue: the HTTP twin of the recovery timer.</summary>
internal sealed class RecoverProcessingEndpoint(
    WorkerJobs jobs, DatabaseReadiness database, CronSecretFilter cron, IHostApplicationLifetime lifetime) : IEndpoint
{
    private const int MaxMinutes = 1_440;

    public string Function => FunctionNames.RecoverProcessing;

    public string Route => Routes.RecoverProcessing;

    public IReadOnlyList<IEndpointFilter> Filters { get; } = [MethodFilter.Post, cron, BodyFilter.Instance];

    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        var minutes = query.ReadInteger("min_age_minutes", 1, MaxMinutes, RecoveryRun.DefaultMinAgeMinutes);
        if (query.FindFault() is { } fault)
            return Answer.BadRequest(fault);
        if (await database.FindFaultAsync(context.RequestAborted) is { } away)
            return Answer.Unavailable(away);

        var recovered = await jobs.Recover(minutes, lifetime.ApplicationStopping);
        return Answer.Ok(new RecoveryAnswer(true, recovered), AnswerJson.Default.RecoveryAnswer);
    }
}

/// <summary>Asks what became of submitted conversions: the HTTP twin of the confirmation timer.</summary>
internal sealed class ConfirmUploadsEndpoint(
    WorkerJobs jobs, DatabaseReadiness database, CronSecretFilter cron, CallLimit limit) : IEndpoint
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

/// <summary>
/// Asks what Google counted: the HTTP twin of the reconciliation timer. Without a site it leaves out, as the timer does, whom it
/// asked within half a day, so that repeated calls go through all sites.
/// </summary>
internal sealed class ReconcileUploadsEndpoint(
    WorkerJobs jobs, DatabaseReadiness database, SiteDirectory sites, CronSecretFilter cron, CallLimit limit) : IEndpoint
{
    private const int LongestText = 200;

    public string Function => FunctionNames.ReconcileUploads;

    public string Route => Routes.ReconcileUploads;

    public IReadOnlyList<IEndpointFilter> Filters { get; } = [MethodFilter.Post, cron, BodyFilter.Instance];

    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        var named = query.ReadText("site", LongestText);
        if (query.FindFault() is { } fault)
            return Answer.BadRequest(fault);
        // It would be all of them.
        if (named is "")
            return Answer.BadRequest("site must be an id, the beginning of one, a name or a domain");
        if (await database.FindFaultAsync(context.RequestAborted) is { } away)
            return Answer.Unavailable(away);

        // A whole id is taken as it is, as --site takes it.
        Guid? site = Guid.TryParseExact(named, "D", out var id) ? id : null;
        if (named is not null && site is null)
        {
            var found = await sites.FindAsync(named, context.RequestAborted);
            if (found is not [var one])
                return found.Count == 0
                    ? Answer.Error(StatusCodes.Status404NotFound, "no site has this id, name or domain")
                    : Answer.BadRequest($"site may be several: give the id of one: {SiteName.Candidates(found)}");
            site = one.Id;
        }

        var request = site is null ? ReconcileRequest.Scheduled : new ReconcileRequest(site);
        var (done, note) = await limit.RunAsync(stopping => jobs.Reconcile(request, stopping));
        return site is not null && done.Sites == 0 && note is null
            ? Answer.Error(StatusCodes.Status404NotFound, "the site has no active credentials")
            : Answer.Ok(
                new ReconcileAnswer(true, done.Sites, done.Agree, done.Fewer, done.NotComparable, done.Unanswered, done.NeedPerson, note),
                AnswerJson.Default.ReconcileAnswer);
    }
}

/// <summary>
/// Ends a run that a caller waits for. Azure's front end cuts every call off at 230 seconds
/// (https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout), while a run may take 8 minutes: the caller
/// would learn nothing of what was done.
/// </summary>
internal sealed class CallLimit(IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>After this a run starts nothing new. What is in flight has 12 seconds more, then the write-back.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(200);

    private static readonly string Note = string.Create(
        CultureInfo.InvariantCulture,
        $"ended after {Longest.TotalSeconds:0} seconds, as every call is; call again, or leave the rest to the timer");

    /// <summary>Runs to the end or to the limit. It goes on when the caller leaves: half a run helps no one.</summary>
    /// <returns>What was done, and a note for the caller where the limit ended it.</returns>
    public async Task<(T Done, string? Note)> RunAsync<T>(Func<CancellationToken, Task<T>> run)
    {
        using var limit = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, limit.Token);
        var done = await run(either.Token);
        return (done, limit.IsCancellationRequested ? Note : null);
    }
}
