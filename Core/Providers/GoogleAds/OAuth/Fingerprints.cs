using System.Security.Cryptography;
using System.Text.Json;

namespace OpsMantik.Core.Providers.GoogleAds.OAuth;

internal static class Fingerprints
{
    /// <summary>SHA-256 over the parts, unambiguous as a JSON array.</summary>
    public static string Of(params string[] parts) => Convert.ToHexString(
        SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(parts, OAuthJson.Default.StringArray)));
}
