using System.Text;
using System.Text.Json.Serialization;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>
/// One call of <c>uploadClickConversions</c>, listed as soon as its body was read. The secrets are for tests in this
/// process; HTTP and logs never show them.
/// </summary>
public sealed class UploadCall
{
    public required string RequestId { get; init; }

    public required string CustomerId { get; init; }

    /// <summary>As in the path, <c>v25</c>.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>Value of <c>login-customer-id</c>; null when the header is missing.</summary>
    public required string? LoginCustomerId { get; init; }

    /// <summary>Value of <c>developer-token</c>, in the clear; null when the header is missing.</summary>
    [JsonIgnore]
    public string? DeveloperToken { get; init; }

    public bool HasDeveloperToken => DeveloperToken is not null;

    /// <summary>The refresh token, in the clear, that the access token was issued for; null for a token never issued.</summary>
    [JsonIgnore]
    public string? RefreshToken { get; init; }

    /// <summary>Tells refresh tokens apart without showing them.</summary>
    public string? RefreshTokenFingerprint => Fingerprint.Of(RefreshToken);

    /// <summary>Rows in the request; 0 when its body could not be read.</summary>
    public required int ConversionCount { get; init; }

    /// <summary>HTTP status answered; null while the answer is under way, and for good when none was given.</summary>
    public int? Status { get; internal set; }

    /// <summary>The request as sent; empty when the emulator does not keep bodies.</summary>
    public string Body => Encoding.UTF8.GetString(BodyBytes.Span);

    [JsonIgnore]
    internal ReadOnlyMemory<byte> BodyBytes { get; init; }

    public override string ToString() => "[redacted]";
}
