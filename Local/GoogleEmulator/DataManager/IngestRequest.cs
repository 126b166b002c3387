using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>Google's <c>IngestEventsRequest</c> as its JSON says it.</summary>
internal sealed record IngestRequest
{
    // A null is an empty list in proto3 JSON.
    public IReadOnlyList<Destination> Destinations { get; init => field = value ?? []; } = [];

    public IReadOnlyList<IngestEvent> Events { get; init => field = value ?? []; } = [];

    public EventConsent? Consent { get; init; }

    public bool ValidateOnly { get; init; }

    /// <summary>Of the hashed identifiers: HEX or BASE64.</summary>
    public string? Encoding { get; init; }

    public JsonElement? EncryptionInfo { get; init; }

    [JsonIgnore]
    public bool HasNullItem => Destinations.Contains(null!) || Events.Any(e => e is null || e.Identifiers.Contains(null!));
}

/// <summary>Google's <c>Event</c>. Fields that the emulator does not check are listed too: Google accepts them.</summary>
internal sealed record IngestEvent
{
    /// <summary>None: the event goes to every destination.</summary>
    public IReadOnlyList<string> DestinationReferences { get; init => field = value ?? []; } = [];

    public string? TransactionId { get; init; }

    public string? EventTimestamp { get; init; }

    public string? EventSource { get; init; }

    public AdIdentifiers? AdIdentifiers { get; init; }

    // Decimal keeps the digits that were sent, where a double would hide a drift.
    public decimal? ConversionValue { get; init; }

    public string? Currency { get; init; }

    public EventConsent? Consent { get; init; }

    public UserData? UserData { get; init; }

    public JsonElement? LastUpdatedTimestamp { get; init; }

    public JsonElement? ConversionCount { get; init; }

    public JsonElement? EventDeviceInfo { get; init; }

    public JsonElement? CartData { get; init; }

    public JsonElement? CustomVariables { get; init; }

    public JsonElement? ExperimentalFields { get; init; }

    public JsonElement? UserProperties { get; init; }

    public JsonElement? EventName { get; init; }

    public JsonElement? ClientId { get; init; }

    public JsonElement? UserId { get; init; }

    public JsonElement? AdditionalEventParameters { get; init; }

    public JsonElement? ThirdPartyUserData { get; init; }

    public JsonElement? EventLocation { get; init; }

    public JsonElement? AppInstanceId { get; init; }

    public JsonElement? CallInfo { get; init; }

    [JsonIgnore]
    public IReadOnlyList<UserIdentifier> Identifiers => UserData?.UserIdentifiers ?? [];

    /// <summary>The first click id with its field; the field is null when there is none.</summary>
    [JsonIgnore]
    public (string? Field, string? Value) Click => AdIdentifiers?.Clicks is [var click, ..] ? click : (null, null);

    public bool GoesTo(Destination destination) =>
        DestinationReferences.Count == 0 || DestinationReferences.Contains(destination.Reference);
}

/// <summary>Google's <c>UserData</c>.</summary>
internal sealed record UserData
{
    public IReadOnlyList<UserIdentifier> UserIdentifiers { get; init => field = value ?? []; } = [];
}

/// <summary>Google's <c>UserIdentifier</c>: one of the values.</summary>
internal sealed record UserIdentifier
{
    public string? EmailAddress { get; init; }

    public string? PhoneNumber { get; init; }

    public JsonElement? Address { get; init; }

    /// <summary>The hash and its field; null for an address.</summary>
    [JsonIgnore]
    public (string Field, string Value)? Hash =>
        EmailAddress is not null ? ("email_address", EmailAddress)
        : PhoneNumber is not null ? ("phone_number", PhoneNumber)
        : null;

    [JsonIgnore]
    public int Count =>
        (EmailAddress is null ? 0 : 1) + (PhoneNumber is null ? 0 : 1) + (Address is null ? 0 : 1);
}

/// <summary>Google's <c>AdIdentifiers</c>.</summary>
internal sealed record AdIdentifiers
{
    public string? Gclid { get; init; }

    public string? Gbraid { get; init; }

    public string? Wbraid { get; init; }

    public JsonElement? SessionAttributes { get; init; }

    public JsonElement? LandingPageDeviceInfo { get; init; }

    public JsonElement? MobileDeviceId { get; init; }

    public JsonElement? Dclid { get; init; }

    public JsonElement? ImpressionId { get; init; }

    public JsonElement? MatchId { get; init; }

    public JsonElement? EncryptedUserIds { get; init; }

    /// <summary>The click ids given, each with the name of its field.</summary>
    [JsonIgnore]
    public IReadOnlyList<(string Field, string Value)> Clicks =>
    [
        .. new[] { ("gclid", Gclid), ("gbraid", Gbraid), ("wbraid", Wbraid) }
            .Where(click => !string.IsNullOrEmpty(click.Item2)).Select(click => (click.Item1, click.Item2!)),
    ];
}

/// <summary>Google's <c>Consent</c>, its statuses as sent.</summary>
internal sealed record EventConsent
{
    public string? AdUserData { get; init; }

    public string? AdPersonalization { get; init; }

    /// <summary>The same in the words of the Google Ads API.</summary>
    public SentConsent ToSentConsent() => new(Status(AdUserData), Status(AdPersonalization));

    private static ConsentStatus? Status(string? text) => text switch
    {
        null => null,
        "CONSENT_GRANTED" => ConsentStatus.Granted,
        "CONSENT_DENIED" => ConsentStatus.Denied,
        _ => ConsentStatus.Unspecified,
    };
}

/// <summary>Google's <c>Destination</c>; a status repeats it as it was sent.</summary>
internal sealed record Destination
{
    public string? Reference { get; init; }

    public ProductAccount? LoginAccount { get; init; }

    public ProductAccount? LinkedAccount { get; init; }

    public ProductAccount? OperatingAccount { get; init; }

    public string? ProductDestinationId { get; init; }

    /// <summary>The resource name that the Google Ads API knows the same conversion action by.</summary>
    [JsonIgnore]
    public string ConversionAction =>
        $"customers/{OperatingAccount?.AccountId}/conversionActions/{ProductDestinationId}";
}

/// <summary>Google's <c>ProductAccount</c>.</summary>
internal sealed record ProductAccount
{
    public string? AccountType { get; init; }

    public string? AccountId { get; init; }

    /// <summary>Deprecated by Google in favour of the type, and still known.</summary>
    public string? Product { get; init; }
}

// Google's parser refuses names it does not know, and takes numbers written as strings.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IngestRequest))]
[JsonSerializable(typeof(Destination))]
internal sealed partial class DataManagerJson : JsonSerializerContext;
