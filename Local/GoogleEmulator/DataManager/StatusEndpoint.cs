using Microsoft.AspNetCore.Http;
using OpsMantik.Local.GoogleEmulator.Behaviours;
using OpsMantik.Local.GoogleEmulator.Tokens;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary><c>GET /v1/requestStatus:retrieve</c>.</summary>
internal sealed class StatusEndpoint(
    Func<Recording> recording, DataManagerSettings settings, AccessTokens tokens, BehaviourBook book,
    Misbehaviour misbehaviour, TimeProvider time)
{
    private const string Method = "google.ads.datamanager.v1.IngestionService.RetrieveRequestStatus";

    public Task HandleAsync(HttpContext context)
    {
        var token = tokens.Find(context.Request.Headers.Authorization);
        var current = recording();
        var requestId = context.Request.Query["requestId"].ToString();
        var ingested = current.Ingested.Find(requestId);
        StatusCall call = new()
        {
            RequestId = requestId,
            CustomerId = ingested?.Request.Destinations[0].OperatingAccount!.AccountId ?? "",
            Owner = token.Grant?.Owner,
        };
        current.Add(call);

        var ownId = $"t-{Guid.NewGuid()}";
        return misbehaviour.AnswerAsync(context, status => call.Status = status, book.Next(call.CustomerId),
            () => FindFault(token, requestId, ingested, current) is { } fault
                ? FaultWriter.Write(fault, ownId)
                : StatusWriter.Write(ingested!, settings.StatusWithIndices),
            behaviour => FaultWriter.Write(
                BehaviourFaults.Of(behaviour, Method, write: false, token.Grant?.Project ?? "unknown"), ownId));
    }

    private Fault? FindFault(
        (AccessGrant? Grant, TokenFault? Fault) token, string requestId, IngestedRequest? ingested, Recording current)
    {
        if ((AccessFaults.Find(token, Method)
            ?? current.Quotas.Take(token.Grant!.Project, write: false, settings, time.GetUtcNow())) is { } refused)
            return refused;
        if (ingested is not null)
            return null;
        var reason = requestId.Length == 0 ? "REQUIRED_FIELD_MISSING" : "INVALID_REQUEST_ID";
        FieldChecks checks = new();
        checks.Add("request_id", reason);
        return Fault.Invalid(reason) with { Violations = checks.Violations };
    }
}
