using System.Net;
using System.Text.Json.Nodes;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.DataManager;

/// <summary>Speaks the Data Manager API by raw HTTP.</summary>
public abstract class DataManagerFixture : EmulatorFixture
{
    /// <summary>An event that Google takes, different for every number.</summary>
    protected static JsonObject Event(int number, string? clickId = null) => new()
    {
        ["destinationReferences"] = new JsonArray("d1"),
        ["transactionId"] = $"sale-{number}",
        ["eventTimestamp"] = "2026-11-20T09:00:00Z",
        ["eventSource"] = "PHONE",
        ["adIdentifiers"] = new JsonObject { ["gclid"] = clickId ?? $"click-{number}" },
        ["conversionValue"] = 12.5,
        ["currency"] = "TRY",
    };

    protected static JsonObject Destination(string customer = Customer, string reference = "d1") => new()
    {
        ["reference"] = reference,
        ["operatingAccount"] = new JsonObject { ["accountType"] = "GOOGLE_ADS", ["accountId"] = customer },
        ["productDestinationId"] = "777",
    };

    protected static JsonObject Ingestion(params IEnumerable<JsonObject> events) => new()
    {
        ["destinations"] = new JsonArray(Destination()),
        ["events"] = new JsonArray([.. events]),
    };

    protected Task<(HttpStatusCode Status, JsonNode Json)> PostIngestAsync(JsonObject request) =>
        SendAsync(new(Emulator.DataManagerBaseAddress, "v1/events:ingest"), Content(request));

    protected Task<(HttpStatusCode Status, JsonNode Json)> IngestAsync(params IEnumerable<JsonObject> events) =>
        PostIngestAsync(Ingestion(events));

    protected async Task<(HttpStatusCode Status, JsonNode Json)> GetStatusAsync(string? requestId)
    {
        using var response = await Http.GetAsync(
            new Uri(Emulator.DataManagerBaseAddress, $"v1/requestStatus:retrieve?requestId={requestId}"));
        return await ReadAsync(response);
    }

    /// <summary>Sends the events, lets them be processed and returns the status of the first destination.</summary>
    protected async Task<JsonNode> ProcessAsync(params IEnumerable<JsonObject> events)
    {
        var (_, taken) = await IngestAsync(events);
        Time.Advance(Emulator.ProcessingDelay);
        var (_, status) = await GetStatusAsync((string?)taken["requestId"]);
        return status["requestStatusPerDestination"]![0]!;
    }

    /// <summary>The detail of that google.rpc type; null when the error has none.</summary>
    protected static JsonNode? Detail(JsonNode answer, string type) => answer["error"]!["details"]!.AsArray()
        .SingleOrDefault(detail => (string?)detail!["@type"] == "type.googleapis.com/google.rpc." + type);

    /// <summary>Each field violation as <c>path REASON</c>.</summary>
    protected static string[] Violations(JsonNode answer) => Detail(answer, "BadRequest") is not { } bad ? [] :
        [.. bad["fieldViolations"]!.AsArray().Select(violation => $"{violation!["field"]} {violation["reason"]}")];

    /// <summary>The status and each error count as <c>REASON count indices</c>.</summary>
    protected static string[] Outcome(JsonNode destination) =>
    [
        (string)destination["requestStatus"]!,
        .. (destination["errorInfo"]?["errorCounts"]!.AsArray() ?? []).Select(count =>
            $"{count!["reason"]} {count["recordCount"]} {count["recordIndices"]?.ToJsonString()}".Trim()),
    ];
}
