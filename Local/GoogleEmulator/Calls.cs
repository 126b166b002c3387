using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>
/// One call of <c>uploadClickConversions</c> or <c>uploadConversionAdjustments</c>, listed as soon as its body was read. The
/// secrets are for tests in this process; HTTP and logs never show them.
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

    /// <summary>The client's own number for the request; null when it gave none.</summary>
    public long? JobId { get; init; }

    /// <summary>HTTP status answered; null while the answer is under way, and for good when none was given.</summary>
    public int? Status { get; internal set; }

    /// <summary>The request as sent; empty when the emulator does not keep bodies.</summary>
    public string Body => Encoding.UTF8.GetString(BodyBytes.Span);

    [JsonIgnore]
    internal ReadOnlyMemory<byte> BodyBytes { get; init; }

    public override string ToString() => "[redacted]";
}

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

/// <summary>One call of <c>googleAds:search</c>.</summary>
public sealed class SearchCall
{
    public required string RequestId { get; init; }

    public required string CustomerId { get; init; }

    /// <summary>As in the path, <c>v25</c>.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>Value of <c>login-customer-id</c>; null when the header is missing.</summary>
    public required string? LoginCustomerId { get; init; }

    /// <summary>The query as sent; empty when the body could not be read.</summary>
    public required string Query { get; init; }

    /// <summary>HTTP status answered; null while the answer is under way, and for good when none was given.</summary>
    public int? Status { get; internal set; }
}

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

/// <summary>One call of the token endpoint. The secrets are for tests in this process; HTTP and logs never show them.</summary>
public sealed record TokenCall(string? GrantType, string? ClientId)
{
    /// <summary>The refresh token presented, in the clear.</summary>
    [JsonIgnore]
    public string? RefreshToken { get; init; }

    /// <summary>Tells refresh tokens apart without showing them.</summary>
    public string? RefreshTokenFingerprint => Fingerprint.Of(RefreshToken);

    /// <summary>Address of the service account that signed the assertion; null for a refresh token.</summary>
    public string? Issuer { get; init; }

    /// <summary>HTTP status answered; null while the answer is under way or when the client left before it.</summary>
    public int? Status { get; internal set; }

    public override string ToString() => "[redacted]";
}

/// <summary>A short digest, so that two secrets can be distinguished without showing them.</summary>
internal static class Fingerprint
{
    public static string? Of(string? secret) =>
        secret is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)))[..12];
}
