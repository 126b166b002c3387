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

    [JsonIgnore]
    public bool HasNullItem
    {
        get
        {
            foreach (var row in Conversions)
                if (row is null || row.UserIdentifiers.Contains(null!))
                    return true;
            return false;
        }
    }

    /// <summary>Reads a request as strictly as Google's JSON front end: the request, or the error to answer with.</summary>
    public static (UploadRequest? Request, ErrorResponse? Error) Parse(ReadOnlySpan<byte> body)
    {
        var (request, error) = StrictJson.Parse(
            body, UploadRequestJson.Default.UploadRequest, request => request.HasNullItem);
        return (request, error is null ? null : ErrorResponse.Malformed(error));
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

    public IReadOnlyList<UserIdentifier> UserIdentifiers { get; init => field = value ?? []; } = [];

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

    /// <summary>The click id with its field; without one the first identifier, which Google looks the click up by.</summary>
    [JsonIgnore]
    public (string? Field, string? Value) Subject =>
        Click is { Field: not null } click ? click
        : UserIdentifiers is [var first, ..] ? ("user_identifiers", first.Hash ?? "")
        : (null, null);
}

/// <summary>Google's <c>UserIdentifier</c>: one of the values, and perhaps whose it is.</summary>
internal sealed record UserIdentifier
{
    public string? HashedEmail { get; init; }

    public string? HashedPhoneNumber { get; init; }

    public string? UserIdentifierSource { get; init; }

    public JsonElement? MobileId { get; init; }

    public JsonElement? ThirdPartyUserId { get; init; }

    public JsonElement? AddressInfo { get; init; }

    [JsonIgnore]
    public string? Hash => HashedEmail ?? HashedPhoneNumber;

    [JsonIgnore]
    public bool IsUnsupported => MobileId is not null || ThirdPartyUserId is not null || AddressInfo is not null;
}

// Google's parser refuses names it does not know, and takes numbers written as strings.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(UploadRequest))]
internal sealed partial class UploadRequestJson : JsonSerializerContext;
