using System.Text.Json.Serialization;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>Google's enum of the same name; upper-case on the wire.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConsentStatus>))]
public enum ConsentStatus
{
    [JsonStringEnumMemberName("UNSPECIFIED")]
    Unspecified,

    [JsonStringEnumMemberName("UNKNOWN")]
    Unknown,

    [JsonStringEnumMemberName("GRANTED")]
    Granted,

    [JsonStringEnumMemberName("DENIED")]
    Denied,
}
