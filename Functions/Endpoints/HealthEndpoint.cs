using System.Net;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Functions.Endpoints.Answers;

namespace OpsMantik.Functions.Endpoints;

/// <summary>Whether the app can do all of its work, for monitors. Open to everyone, so it says words and no details.</summary>
internal sealed class HealthEndpoint(DatabaseGate database, CronGate cron, ApiVersionAlarm alarm) : IEndpoint
{
    private const string Fine = "ok";

    // Without a good key the app does not start.
    private const string VaultKey = Fine;

    public string Function => FunctionNames.Health;

    public string Route => Routes.Health;

    public string Method => HttpMethod.Get.Method;

    public async Task<EndpointResponse> HandleAsync(
        EndpointRequest request, QueryReader query, ReadOnlyMemory<byte> body, CancellationToken clientGone)
    {
        if (query.FindFault() is { } fault)
            return EndpointResponse.BadRequest(fault);

        var status = await database.CheckAsync(clientGone);
        var role = !status.Reachable ? "unreachable" : status.RoleFault is null ? Fine : "wrong role";
        var schema = role != Fine ? "unknown" : status.SchemaFault is null ? Fine : "outdated";
        var ok = status.Ready && cron.Fault is null;
        return EndpointResponse.Json(
            ok ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable,
            new HealthAnswer(ok, role, schema, VaultKey, cron.Status, GoogleApi()),
            AnswerJson.Default.HealthAnswer);
    }

    // A word and no 503: the worker itself is well, its rows are parked unspent, and no restart brings a version back.
    private string GoogleApi() => alarm.Last is { } retired ? $"unsupported version {retired.Version}" : Fine;
}
