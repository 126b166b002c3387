using System.Text.Json;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>Google's <c>Event</c>. What the emulator does not judge is listed all the same: Google knows it.</summary>
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

    public JsonElement? LastUpdatedTimestamp { get; init; }

    public JsonElement? UserData { get; init; }

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

    public bool GoesTo(Destination destination) =>
        DestinationReferences.Count == 0 || DestinationReferences.Contains(destination.Reference);
}
