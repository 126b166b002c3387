using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary>Google's <c>UploadClickConversionsRequest</c> as its JSON says it.</summary>
internal sealed record UploadRequest
{
    // Left out or null, it is an empty list in proto3 JSON.
    public IReadOnlyList<ConversionRow> Conversions { get; init => field = value ?? []; } = [];

    public bool PartialFailure { get; init; }

    public bool ValidateOnly { get; init; }

    public int? JobId { get; init; }

    /// <summary>Reads a request as strictly as Google's JSON front end: the request, or the error to answer with.</summary>
    public static (UploadRequest? Request, ErrorResponse? Error) Parse(ReadOnlySpan<byte> body)
    {
        var (request, error) = StrictJson.Parse(
            body, UploadRequestJson.Default.UploadRequest, request => request.Conversions.Contains(null!));
        return (request, error is null
            ? null
            : new(400, "INVALID_ARGUMENT", error.Message) { BadField = error.Field });
    }
}

/// <summary>Google's <c>ClickConversion</c>. Fields that the emulator does not check are listed too: Google accepts them.</summary>
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

// Google's parser refuses names it does not know, and takes numbers written as strings.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(UploadRequest))]
internal sealed partial class UploadRequestJson : JsonSerializerContext;
