using System.Text.Json.Serialization;

namespace OpsMantik.Local.GoogleEmulator.Behaviours;

/// <summary>Body of <c>POST /emulator/behaviour</c>. Without <c>times</c> the behaviour stands until the next order.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record BehaviourOrder
{
    /// <summary>Null for every customer.</summary>
    public string? CustomerId { get; init; }

    public required BehaviourKind Kind { get; init; }

    /// <summary>Upload unless given.</summary>
    public CallTarget Target { get; init; }

    /// <summary>Only for the next so many calls.</summary>
    public int? Times { get; init; }

    public int? DelayMs { get; init; }

    /// <summary>Enum name for BadRequest, HTTP status for ServerError.</summary>
    public string? Code { get; init; }

    public bool Html { get; init; }
}
