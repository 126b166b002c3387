using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary>Google's <c>UploadConversionAdjustmentsRequest</c> as its JSON says it.</summary>
internal sealed record AdjustmentRequest
{
    // Left out or null, it is an empty list in proto3 JSON.
    public IReadOnlyList<AdjustmentRow> ConversionAdjustments { get; init => field = value ?? []; } = [];

    public bool PartialFailure { get; init; }

    public bool ValidateOnly { get; init; }

    public int? JobId { get; init; }

    /// <summary>Reads a request as strictly as Google's JSON front end: the request, or the error to answer with.</summary>
    public static (AdjustmentRequest? Request, ErrorResponse? Error) Parse(ReadOnlySpan<byte> body)
    {
        var (request, error) = StrictJson.Parse(
            body, AdjustmentRequestJson.Default.AdjustmentRequest, request => request.ConversionAdjustments.Contains(null!));
        return (request, error is null ? null : ErrorResponse.Malformed(error));
    }
}

/// <summary>Google's <c>ConversionAdjustment</c>.</summary>
internal sealed record AdjustmentRow
{
    public GclidDateTimePair? GclidDateTimePair { get; init; }

    public string? OrderId { get; init; }

    public string? ConversionAction { get; init; }

    public string? AdjustmentDateTime { get; init; }

    public AdjustmentType AdjustmentType { get; init; }

    public RestatementValue? RestatementValue { get; init; }

    public JsonElement? UserIdentifiers { get; init; }

    public string? UserAgent { get; init; }
}

/// <summary>A conversion that was sent without an order id.</summary>
internal sealed record GclidDateTimePair
{
    public string? Gclid { get; init; }

    public string? ConversionDateTime { get; init; }
}

internal sealed record RestatementValue
{
    // Decimal keeps the digits that were sent, where a double would hide a drift.
    public decimal? AdjustedValue { get; init; }

    public string? CurrencyCode { get; init; }
}

/// <summary>Google's <c>ConversionAdjustmentType</c>; upper-case on the wire.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AdjustmentType>))]
internal enum AdjustmentType
{
    [JsonStringEnumMemberName("UNSPECIFIED")]
    Unspecified,

    [JsonStringEnumMemberName("UNKNOWN")]
    Unknown,

    [JsonStringEnumMemberName("RETRACTION")]
    Retraction,

    [JsonStringEnumMemberName("RESTATEMENT")]
    Restatement,

    [JsonStringEnumMemberName("ENHANCEMENT")]
    Enhancement,
}

// Google's parser refuses names it does not know, and takes numbers written as strings.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(AdjustmentRequest))]
internal sealed partial class AdjustmentRequestJson : JsonSerializerContext;
