using System.Net;
using OpsMantik.Functions.Endpoints.Answers;

namespace OpsMantik.Functions.Endpoints;

/// <summary>Whether the app can do all of its work, for monitors. Open to everyone, so it says words and no details.</summary>
internal sealed class HealthEndpoint(DatabaseGate database, CronGate cron) : IEndpoint
{
    private const string Fine = "ok";

    // Without a good key the app does not start.
    private const string VaultKey = Fine;

    public string Function => FunctionNames.Health;

    public string Route => Routes.Health;

    public string Method => HttpMethod.Get.Method;

    public async Task<EndpointResponse> HandleAsync(
        QueryReader query, ReadOnlyMemory<byte> body, CancellationToken clientGone)
    {
        if (query.FindFault() is { } fault)
            return EndpointResponse.BadRequest(fault);

        var status = await database.CheckAsync(clientGone);
        var role = !status.Reachable ? "unreachable" : status.RoleFault is null ? Fine : "wrong role";
        var schema = role != Fine ? "unknown" : status.SchemaFault is null ? Fine : "outdated";
        var ok = status.Ready && cron.Fault is null;
        return EndpointResponse.Json(
            ok ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable,
            new HealthAnswer(ok, role, schema, VaultKey, cron.Status),
            AnswerJson.Default.HealthAnswer);
    }
}
