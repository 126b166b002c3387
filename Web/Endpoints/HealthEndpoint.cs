using OpsMantik.Core.Providers.GoogleAds;

namespace OpsMantik.Web.Endpoints;

/// <summary>Whether the app can do all of its work, for monitors. Open to everyone, so it gives no details.</summary>
internal sealed class HealthEndpoint(DatabaseReadiness database, CronSecretFilter cron, ApiVersionAlarm alarm) : IEndpoint
{
    private const string Fine = "ok";

    // Without a good key the app does not start.
    private const string VaultKey = Fine;

    public string Function => FunctionNames.Health;

    public string Route => Routes.Health;

    public IReadOnlyList<IEndpointFilter> Filters { get; } = [MethodFilter.Get, BodyFilter.Instance];

    public async Task<IResult> HandleAsync(HttpContext context)
    {
        if (new QueryReader(context.Request.Query).FindFault() is { } fault)
            return Answer.BadRequest(fault);

        var status = await database.CheckAsync(context.RequestAborted);
        var role = !status.Reachable ? "unreachable" : status.RoleFault is null ? Fine : "wrong role";
        var schema = role != Fine ? "unknown" : status.SchemaFault is null ? Fine : "outdated";
        var ok = status.Ready && cron.Fault is null;
        return Answer.Json(
            ok ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
            new HealthAnswer(
                ok, role, schema, VaultKey, cron.Status, GoogleApi(),
                cron.Admits(context.Request.Headers.Authorization) ? WorkerApp.Version : null),
            AnswerJson.Default.HealthAnswer);
    }

    // No 503: the worker itself works, its rows are parked unspent, and no restart brings a version back.
    private string GoogleApi() => alarm.Last is { } retired ? $"unsupported version {retired.Version}" : Fine;
}
