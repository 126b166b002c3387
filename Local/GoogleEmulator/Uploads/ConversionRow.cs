using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpsMantik.Local.GoogleEmulator.Uploads;

/// <summary>Google's <c>ClickConversion</c>. What the emulator does not judge is listed all the same: Google knows it.</summary>
internal sealed record ConversionRow
{
    public string? Gclid { get; init; }

    public string? Gbraid { get; init; }

    public string? Wbraid { get; init; }

    public string? ConversionAction { get; init; }

    public string? ConversionDateTime { get; init; }

    // Decimal keeps the digits that were sent, where a double would hide a drift.
    public decimal? ConversionValue { get; init; }

    public string? CurrencyCode { get; init; }

    public string? OrderId { get; init; }

    public SentConsent? Consent { get; init; }

    public JsonElement? ExternalAttributionData { get; init; }

    public JsonElement? CustomVariables { get; init; }

    public JsonElement? CartData { get; init; }

    public JsonElement? UserIdentifiers { get; init; }

    public JsonElement? ConversionEnvironment { get; init; }

    public JsonElement? SessionAttributesEncoded { get; init; }

    public JsonElement? SessionAttributesKeyValuePairs { get; init; }

    public JsonElement? CustomerType { get; init; }

    public JsonElement? UserIpAddress { get; init; }

    /// <summary>The field that holds the click id, its value, or two nulls.</summary>
    [JsonIgnore]
    public (string? Field, string? Value) Click =>
        !string.IsNullOrEmpty(Gclid) ? ("gclid", Gclid)
        : !string.IsNullOrEmpty(Gbraid) ? ("gbraid", Gbraid)
        : !string.IsNullOrEmpty(Wbraid) ? ("wbraid", Wbraid)
        : (null, null);
}
