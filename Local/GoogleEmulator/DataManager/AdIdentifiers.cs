using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

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
