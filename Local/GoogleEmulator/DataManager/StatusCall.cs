using System.Text.Json.Serialization;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>One call of <c>requestStatus:retrieve</c>.</summary>
public sealed class StatusCall
{
    /// <summary>The id asked for; empty when none was.</summary>
    public required string RequestId { get; init; }

    /// <summary>Operating account of the request's first destination; empty for an unknown request.</summary>
    public required string CustomerId { get; init; }

    /// <summary>The refresh token, in the clear, or the service account's address; null for an unknown token.</summary>
    [JsonIgnore]
    public string? Owner { get; init; }

    /// <summary>Tells owners apart without showing them.</summary>
    public string? OwnerFingerprint => Fingerprint.Of(Owner);

    /// <summary>HTTP status answered; null while the answer is under way, and for good when none was given.</summary>
    public int? Status { get; internal set; }

    public override string ToString() => "[redacted]";
}
