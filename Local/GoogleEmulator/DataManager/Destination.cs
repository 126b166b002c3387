using System.Text.Json.Serialization;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

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
