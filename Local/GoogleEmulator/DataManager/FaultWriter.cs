using System.Globalization;
using System.Text.Json;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>Writes a fault as the REST interface does.</summary>
internal static class FaultWriter
{
    private const string Types = "type.googleapis.com/google.rpc.";

    public static Answer Write(Fault fault, string requestId) => Answer.Json(fault.HttpStatus, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("code", fault.HttpStatus);
        json.WriteString("message", fault.Message);
        json.WriteString("status", fault.Status);
        json.WriteStartArray("details");
        if (fault.Reason is not null)
            WriteErrorInfo(json, fault, requestId);
        if (fault.Reason is not null && fault.Domain == Fault.Service)
            WriteRequestInfo(json, requestId);
        if (fault.Violations.Count > 0)
            WriteBadRequest(json, fault.Violations);
        if (fault.RetryDelay is { } delay)
            WriteRetryInfo(json, delay);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static void WriteErrorInfo(Utf8JsonWriter json, Fault fault, string requestId)
    {
        json.WriteStartObject();
        json.WriteString("@type", Types + "ErrorInfo");
        json.WriteString("reason", fault.Reason);
        json.WriteString("domain", fault.Domain);
        json.WriteStartObject("metadata");
        foreach (var (key, value) in fault.Metadata)
            json.WriteString(key, value);
        if (fault.Domain == Fault.Service)
            json.WriteString("requestId", requestId);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteRequestInfo(Utf8JsonWriter json, string requestId)
    {
        json.WriteStartObject();
        json.WriteString("@type", Types + "RequestInfo");
        json.WriteString("requestId", requestId);
        json.WriteEndObject();
    }

    private static void WriteBadRequest(Utf8JsonWriter json, IReadOnlyList<FieldViolation> violations)
    {
        json.WriteStartObject();
        json.WriteString("@type", Types + "BadRequest");
        json.WriteStartArray("fieldViolations");
        foreach (var violation in violations)
        {
            json.WriteStartObject();
            if (violation.Field.Length > 0)
                json.WriteString("field", violation.Field);
            json.WriteString("description", violation.Description);
            if (violation.Reason is not null)
                json.WriteString("reason", violation.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRetryInfo(Utf8JsonWriter json, TimeSpan delay)
    {
        json.WriteStartObject();
        json.WriteString("@type", Types + "RetryInfo");
        json.WriteString("retryDelay", delay.TotalSeconds.ToString("0.#########", CultureInfo.InvariantCulture) + "s");
        json.WriteEndObject();
    }
}
