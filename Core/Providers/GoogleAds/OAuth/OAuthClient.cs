using System.Security.Cryptography;
using System.Text.Json;

namespace OpsMantik.Core.Providers.GoogleAds.OAuth;

/// <summary>The refresh-token trio of one consent. Prints itself redacted.</summary>
internal sealed record OAuthClient(string ClientId, string ClientSecret, string RefreshToken)
{
    /// <summary>A cache key that gives nothing away: SHA-256 over the trio, unambiguous as a JSON array.</summary>
    public string Fingerprint() => Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        [ClientId, ClientSecret, RefreshToken], OAuthJson.Default.StringArray)));

    public override string ToString() => "[redacted]";
}
