using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary><c>GET /v1/requestStatus:retrieve</c>.</summary>
internal sealed class StatusEndpoint(
    Func<Recording> recording,
    EmulatorSettings settings,
    AccessTokens tokens,
    BehaviourRegistry behaviours,
    BehaviourExecutor executor,
    TimeProvider time)
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
        return executor.AnswerAsync(
            context,
            status => call.Status = status,
            behaviours.Next(call.CustomerId),
            () => FindError(token, requestId, ingested, current) is { } error
                ? ErrorWriter.Write(error, ownId)
                : StatusWriter.Write(ingested!, settings.StatusWithIndices),
            behaviour => ErrorWriter.Write(
                ErrorResponse.ForBehaviour(behaviour, Method, write: false, token.Grant?.Project ?? "unknown"), ownId));
    }

    private ErrorResponse? FindError(
        (AccessGrant? Grant, TokenError? Error) token, string requestId, IngestedRequest? ingested, Recording current)
    {
        if ((ErrorResponse.ForToken(token, Method)
            ?? current.Quotas.Take(token.Grant!.Project, write: false, settings, time.GetUtcNow())) is { } refused)
            return refused;
        if (ingested is not null)
            return null;
        var reason = requestId.Length == 0 ? "REQUIRED_FIELD_MISSING" : "INVALID_REQUEST_ID";
        FieldChecks checks = new();
        checks.Add("request_id", reason);
        return ErrorResponse.Invalid(reason) with { Violations = checks.Violations };
    }
}

/// <summary>Google's <c>RetrieveRequestStatusResponse</c>.</summary>
internal static class StatusWriter
{
    public static Answer Write(IngestedRequest ingested, bool withIndices) => Answer.Json(200, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("requestStatusPerDestination");
        for (var i = 0; i < ingested.Request.Destinations.Count; i++)
        {
            json.WriteStartObject();
            json.WritePropertyName("destination");
            JsonSerializer.Serialize(json, ingested.Request.Destinations[i], DataManagerJson.Default.Destination);
            WriteOutcome(json, ingested.Outcomes?[i], withIndices);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteOutcome(Utf8JsonWriter json, DestinationOutcome? outcome, bool withIndices)
    {
        json.WriteString("requestStatus", outcome?.Status ?? "PROCESSING");
        if (outcome is null)
            return;
        if (outcome.Rejected.Count > 0)
        {
            json.WriteStartObject("errorInfo");
            json.WriteStartArray("errorCounts");
            foreach (var group in outcome.Rejected.GroupBy(e => (e.Reason, e.Indexed)))
                WriteErrorCount(json, group.Key.Reason, [.. group], withIndices && group.Key.Indexed);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteStartObject("eventsIngestionStatus");
        WriteInt64(json, "recordCount", outcome.EventCount);
        json.WriteEndObject();
    }

    private static void WriteErrorCount(Utf8JsonWriter json, string reason, RejectedEvent[] events, bool withIndices)
    {
        json.WriteStartObject();
        WriteInt64(json, "recordCount", events.Length);
        // The one reason that Google names without REASON in its prefix.
        var prefix = reason is "OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER"
            ? "PROCESSING_ERROR_" : "PROCESSING_ERROR_REASON_";
        json.WriteString("reason", prefix + reason);
        if (withIndices)
        {
            json.WriteStartArray("recordIndices");
            foreach (var rejected in events)
                json.WriteNumberValue(rejected.Index);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    // A string in proto3 JSON.
    private static void WriteInt64(Utf8JsonWriter json, string name, long value) =>
        json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
}
