using System.Text.Json.Serialization;

namespace OpsMantik.Local.GoogleEmulator;

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
