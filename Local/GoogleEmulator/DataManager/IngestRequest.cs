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

    public JsonElement? Encoding { get; init; }

    public JsonElement? EncryptionInfo { get; init; }

    [JsonIgnore]
    public bool HasNullItem => Destinations.Contains(null!) || Events.Contains(null!);
}
