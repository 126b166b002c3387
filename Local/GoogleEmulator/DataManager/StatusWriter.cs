using System.Globalization;
using System.Text.Json;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

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
        // The one reason whose name Google spells without the word.
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
