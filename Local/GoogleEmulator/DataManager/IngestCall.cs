using System.Text;
using System.Text.Json.Serialization;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>
/// One call of <c>events:ingest</c>, listed as soon as its body was read. The owner is for tests in this process; HTTP
/// and logs never show it.
/// </summary>
public sealed class IngestCall
{
    /// <summary>As answered; the status of a refused or only validated request cannot be retrieved.</summary>
    public required string RequestId { get; init; }

    /// <summary>Operating account of the first destination; empty when there is none.</summary>
    public required string CustomerId { get; init; }

    /// <summary>Login account of the first destination; null when it names none.</summary>
    public required string? LoginCustomerId { get; init; }

    /// <summary><c>productDestinationId</c> of the first destination.</summary>
    public required string? ConversionActionId { get; init; }

    /// <summary>Events in the request; 0 when its body could not be read.</summary>
    public required int EventCount { get; init; }

    public required bool ValidateOnly { get; init; }

    /// <summary>
    /// The refresh token, in the clear, or the service account's address that the access token was issued for; null for
    /// a token never issued.
    /// </summary>
    [JsonIgnore]
    public string? Owner { get; init; }

    /// <summary>Tells owners apart without showing them.</summary>
    public string? OwnerFingerprint => Fingerprint.Of(Owner);

    /// <summary>HTTP status answered; null while the answer is under way, and for good when none was given.</summary>
    public int? Status { get; internal set; }

    /// <summary>The request as sent; empty when the emulator does not keep bodies.</summary>
    public string Body => Encoding.UTF8.GetString(BodyBytes.Span);

    [JsonIgnore]
    internal ReadOnlyMemory<byte> BodyBytes { get; init; }

    public override string ToString() => "[redacted]";
}
