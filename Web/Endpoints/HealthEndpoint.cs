using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Web.StatusPage;

namespace OpsMantik.Web.Endpoints;

/// <summary>
/// Whether the app can do all of its work, for monitors. Open to everyone, so it says yes or no and nothing else; parts and
/// version only to who may see the status page.
/// </summary>
internal sealed class HealthEndpoint(
    DatabaseHealth database, AccessSecrets secrets, StatusAccessFilter access, ApiVersionAlarm alarm) : IEndpoint
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

        var detailed = access.TryAdmit(context.Request, Route);
        var status = await database.CheckAsync(context.RequestAborted);
        var ok = status.Ready && secrets.Cron.Fault is null;
        var code = ok ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        if (!detailed)
            return Answer.Json(code, new BriefHealthAnswer(ok), AnswerJson.Default.BriefHealthAnswer);

        var role = !status.Reachable ? "unreachable" : status.RoleFault is null ? Fine : "wrong role";
        var schema = role != Fine ? "unknown" : status.SchemaFault is null ? Fine : "outdated";
        return Answer.Json(
            code,
            new HealthAnswer(ok, role, schema, VaultKey, secrets.Cron.State, GoogleApi(), WorkerApp.Version),
            AnswerJson.Default.HealthAnswer);
    }

    // No 503: the worker itself works, its rows are parked unspent, and no restart brings a version back.
    private string GoogleApi() => alarm.Last is { } retired ? $"unsupported version {retired.Version}" : Fine;
}
