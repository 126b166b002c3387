using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace OpsMantik.Core.Providers.DataManager;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(IngestEventsRequest))]
[JsonSerializable(typeof(IngestEventsResponse))]
[JsonSerializable(typeof(RequestStatusResponse))]
[JsonSerializable(typeof(RefusalBody))]
internal sealed partial class DataManagerJson : JsonSerializerContext
{
    /// <summary>Null for what is no JSON, cut short, or of another shape: it tells nothing.</summary>
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

/// <summary>IngestEventsRequest.</summary>
/// <param name="Encoding"><c>HEX</c> where an event holds hashed identifiers, else left out.</param>
/// <param name="ValidateOnly">True: looked at, and not taken in. Left out of an upload.</param>
internal sealed record IngestEventsRequest(
    IReadOnlyList<Destination> Destinations, IReadOnlyList<Event> Events, string? Encoding = null, bool? ValidateOnly = null);

/// <summary>Where events go.</summary>
/// <param name="Reference">The name by which events choose it.</param>
/// <param name="LoginAccount">The manager through which access goes, if any.</param>
/// <param name="OperatingAccount">The account that owns the conversion action.</param>
/// <param name="ProductDestinationId">The conversion action's id.</param>
internal sealed record Destination(
    string Reference, ProductAccount? LoginAccount, ProductAccount OperatingAccount, string ProductDestinationId);

/// <param name="AccountType"><c>GOOGLE_ADS</c>.</param>
/// <param name="AccountId">Digits.</param>
internal sealed record ProductAccount(string AccountType, string AccountId);

/// <summary>One conversion; null members are left out.</summary>
internal sealed record Event
{
    public required IReadOnlyList<string> DestinationReferences { get; init; }

    /// <summary>Never purely numeric: see <see cref="TransactionIds"/>.</summary>
    public required string TransactionId { get; init; }

    /// <summary>RFC 3339, UTC.</summary>
    public required string EventTimestamp { get; init; }

    public required string EventSource { get; init; }

    public AdIdentifiers? AdIdentifiers { get; init; }

    public UserData? UserData { get; init; }

    /// <summary>A decimal, written digit by digit: amounts never pass through a floating-point number of ours.</summary>
    public required decimal ConversionValue { get; init; }

    public required string Currency { get; init; }

    public EventConsent? Consent { get; init; }
}

/// <summary>Exactly one of the three.</summary>
internal sealed record AdIdentifiers(string? Gclid, string? Gbraid, string? Wbraid);

internal sealed record UserData(IReadOnlyList<EventUserIdentifier> UserIdentifiers);

/// <summary>One hash; exactly one member is set.</summary>
internal sealed record EventUserIdentifier(string? EmailAddress, string? PhoneNumber);

/// <summary><c>CONSENT_GRANTED</c>, <c>CONSENT_DENIED</c>, or left out where none was recorded.</summary>
internal sealed record EventConsent(string? AdUserData, string? AdPersonalization);

internal sealed record IngestEventsResponse(string? RequestId, IReadOnlyList<FieldWarning?>? FieldWarnings);

/// <summary>An optional field that Google left out of account.</summary>
internal sealed record FieldWarning(string? Field, string? Description, string? Reason);

/// <summary>RetrieveRequestStatusResponse.</summary>
internal sealed record RequestStatusResponse(IReadOnlyList<DestinationStatus?>? RequestStatusPerDestination);

/// <param name="RequestStatus"><c>PROCESSING</c>, <c>SUCCESS</c>, <c>PARTIAL_SUCCESS</c> or <c>FAILED</c>.</param>
internal sealed record DestinationStatus(
    string? RequestStatus, ErrorInfo? ErrorInfo, EventsIngestionStatus? EventsIngestionStatus);

internal sealed record ErrorInfo(IReadOnlyList<ErrorCount?>? ErrorCounts);

/// <param name="RecordCount">How many events failed for the reason.</param>
/// <param name="Reason">A ProcessingErrorReason.</param>
/// <param name="RecordIndices">Which events of the request, from 0; since v1.9, and not always there.</param>
internal sealed record ErrorCount(long? RecordCount, string? Reason, IReadOnlyList<long>? RecordIndices);

/// <param name="RecordCount">The events of the request.</param>
internal sealed record EventsIngestionStatus(long? RecordCount);

/// <summary>The body of a refused request.</summary>
internal sealed record RefusalBody(RefusalStatus? Error);

/// <summary>google.rpc.Status.</summary>
internal sealed record RefusalStatus(string? Message, string? Status, IReadOnlyList<RefusalDetail?>? Details);

/// <summary>The members we read of the detail types: BadRequest, ErrorInfo, RequestInfo and RetryInfo.</summary>
internal sealed record RefusalDetail(
    IReadOnlyList<FieldViolation?>? FieldViolations,
    string? Reason,
    Dictionary<string, string?>? Metadata,
    string? RequestId,
    string? RetryDelay);

/// <summary>One member of a BadRequest: <c>events.events[3].transaction_id</c>, <c>REQUIRED_FIELD_MISSING</c>.</summary>
internal sealed record FieldViolation(string? Field, string? Description, string? Reason);
