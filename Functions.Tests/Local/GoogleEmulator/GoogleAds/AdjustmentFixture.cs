using System.Net;
using System.Text.Json.Nodes;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.GoogleAds;

/// <summary>Speaks <c>uploadConversionAdjustments</c> by raw HTTP.</summary>
public abstract class AdjustmentFixture : EmulatorFixture
{
    protected static JsonObject Retraction(int number) => new()
    {
        ["conversionAction"] = Action,
        ["orderId"] = $"sale-{number}",
        ["adjustmentType"] = "RETRACTION",
        ["adjustmentDateTime"] = "2026-11-23 12:00:00+03:00",
    };

    protected static JsonObject Restatement(int number, decimal value, string at = "2026-11-23 12:00:00+03:00")
    {
        var row = With(With(Retraction(number), "adjustmentType", "RESTATEMENT"), "adjustmentDateTime", at);
        row["restatementValue"] = new JsonObject { ["adjustedValue"] = value, ["currencyCode"] = "TRY" };
        return row;
    }

    /// <summary>A retraction of a conversion that was sent at the time of <see cref="EmulatorFixture.Row(int)"/>.</summary>
    protected static JsonObject ByClick(string click)
    {
        var row = Retraction(0);
        row.Remove("orderId");
        row["gclidDateTimePair"] = new JsonObject { ["gclid"] = click, ["conversionDateTime"] = "2026-11-20 09:00:00+00:00" };
        return row;
    }

    protected static JsonObject With(JsonObject row, string field, JsonNode? value)
    {
        row[field] = value;
        return row;
    }

    protected Task<(HttpStatusCode Status, JsonNode Json)> AdjustAsync(params IEnumerable<JsonObject> rows) =>
        PostAdjustmentsAsync(Adjustments(rows));

    protected static JsonObject Adjustments(params IEnumerable<JsonObject> rows) => new()
    {
        ["conversionAdjustments"] = new JsonArray([.. rows]),
        ["partialFailure"] = true,
    };

    protected Task<(HttpStatusCode Status, JsonNode Json)> PostAdjustmentsAsync(JsonObject request, string version = "v25") =>
        SendAsync(new($"/{version}/customers/{Customer}:uploadConversionAdjustments", UriKind.Relative), Content(request));
}
