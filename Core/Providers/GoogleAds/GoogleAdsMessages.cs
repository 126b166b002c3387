using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace OpsMantik.Core.Providers.GoogleAds;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(UploadRequest))]
[JsonSerializable(typeof(AdjustmentRequest))]
[JsonSerializable(typeof(UploadResponse))]
[JsonSerializable(typeof(ErrorResponse))]
[JsonSerializable(typeof(SearchRequest))]
[JsonSerializable(typeof(SearchResponse))]
[JsonSerializable(typeof(AccessibleCustomers))]
internal sealed partial class GoogleAdsJson : JsonSerializerContext
{
    /// <returns>Null for what is not JSON, cut short, or of another shape: it tells nothing.</returns>
    public static T? Parse<T>(byte[] body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>UploadClickConversionsRequest; the customer is in the path.</summary>
/// <param name="ValidateOnly">True: looked at, and not counted. Left out of an upload.</param>
/// <param name="JobId">Our number for the request, from 1, by which Google's summaries name it.</param>
internal sealed record UploadRequest(
    IReadOnlyList<ClickConversion> Conversions, bool PartialFailure, bool? ValidateOnly = null, int? JobId = null);

/// <summary>A click conversion as Google takes it; null members are left out.</summary>
internal sealed record ClickConversion
{
    public required string ConversionAction { get; init; }

    public string? Gclid { get; init; }

    public string? Gbraid { get; init; }

    public string? Wbraid { get; init; }

    /// <summary><c>yyyy-MM-dd HH:mm:ss+00:00</c>.</summary>
    public required string ConversionDateTime { get; init; }

    /// <summary>A decimal, written digit by digit: amounts never pass through a floating-point number of ours.</summary>
    public required decimal ConversionValue { get; init; }

    public required string CurrencyCode { get; init; }

    public required string OrderId { get; init; }

    public ClickConsent? Consent { get; init; }

    public IReadOnlyList<ClickUserIdentifier>? UserIdentifiers { get; init; }
}

/// <summary>Consent as this service takes it: ad personalization is not part of click uploads.</summary>
/// <param name="AdUserData">GRANTED or DENIED.</param>
internal sealed record ClickConsent(string AdUserData);

/// <summary>One hash; exactly one member is set.</summary>
internal sealed record ClickUserIdentifier(string? HashedEmail, string? HashedPhoneNumber);

/// <summary>UploadConversionAdjustmentsRequest; the customer is in the path.</summary>
internal sealed record AdjustmentRequest(IReadOnlyList<ConversionAdjustment> ConversionAdjustments, bool PartialFailure);

/// <summary>A correction as Google takes it, by order id or by click and time, never by both; null members are left out.</summary>
internal sealed record ConversionAdjustment
{
    public required string ConversionAction { get; init; }

    public string? OrderId { get; init; }

    public GclidDateTimePair? GclidDateTimePair { get; init; }

    /// <summary><c>RETRACTION</c> or <c>RESTATEMENT</c>.</summary>
    public required string AdjustmentType { get; init; }

    /// <summary><c>yyyy-MM-dd HH:mm:ss+00:00</c>.</summary>
    public required string AdjustmentDateTime { get; init; }

    /// <summary>Of a restatement only.</summary>
    public RestatementValue? RestatementValue { get; init; }
}

internal sealed record GclidDateTimePair(string Gclid, string ConversionDateTime);

/// <param name="AdjustedValue">A decimal, written digit by digit, as <see cref="ClickConversion.ConversionValue"/>.</param>
internal sealed record RestatementValue(decimal AdjustedValue, string CurrencyCode);

/// <summary>
/// UploadClickConversionsResponse, and UploadConversionAdjustmentsResponse alike. A result is an empty object for a row that was
/// not taken.
/// </summary>
internal sealed record UploadResponse(RpcStatus? PartialFailureError, IReadOnlyList<ConversionResult>? Results);

/// <summary>One result of an upload: an object that repeats the conversion, empty for one that was not taken.</summary>
/// <param name="IsTaken">It says anything at all; what, we know.</param>
[JsonConverter(typeof(Converter))]
internal readonly record struct ConversionResult(bool IsTaken)
{
    /// <summary>Two thousand results are read without keeping one of them.</summary>
    internal sealed class Converter : JsonConverter<ConversionResult>
    {
        public override bool HandleNull => true;

        public override ConversionResult Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                return default;
            }

            var members = 0;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                members++;
                reader.Skip();
            }

            return new ConversionResult(members > 0);
        }

        public override void Write(Utf8JsonWriter writer, ConversionResult value, JsonSerializerOptions options) =>
            throw new NotSupportedException("Google writes results.");
    }
}

/// <summary>The body of a refused request.</summary>
internal sealed record ErrorResponse(RpcStatus? Error);

/// <summary>google.rpc.Status.</summary>
internal sealed record RpcStatus(string? Message, string? Status, IReadOnlyList<StatusDetail?>? Details);

/// <summary>The members we read of the detail types: GoogleAdsFailure, RetryInfo and ErrorInfo.</summary>
internal sealed record StatusDetail(
    IReadOnlyList<GoogleAdsError?>? Errors, string? RequestId, string? RetryDelay, string? Reason);

/// <summary>One error; <paramref name="ErrorCode"/> has one member, the enum's family, with the enum's name.</summary>
internal sealed record GoogleAdsError(
    Dictionary<string, string?>? ErrorCode, string? Message, ErrorLocation? Location, ErrorDetails? Details);

internal sealed record ErrorLocation(IReadOnlyList<FieldPathElement?>? FieldPathElements);

internal sealed record FieldPathElement(string? FieldName, int? Index);

internal sealed record ErrorDetails(string? UnpublishedErrorCode, QuotaErrorDetails? QuotaErrorDetails);

internal sealed record QuotaErrorDetails(string? RetryDelay);
