using System.Buffers.Text;
using System.Text.Json;

namespace OpsMantik.Local.GoogleEmulator.Tokens;

/// <summary>The claims of a service account's JWT that matter here. Its signature is not verified.</summary>
internal sealed record ServiceAccountAssertion(string Issuer, string? Scope)
{
    /// <summary>Null when the text is no JWT with an issuer.</summary>
    public static ServiceAccountAssertion? Read(string? assertion)
    {
        if (assertion?.Split('.') is not [_, var payload, _])
            return null;
        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            return claims.RootElement.ValueKind is JsonValueKind.Object
                && Claim(claims, "iss") is { Length: > 0 } issuer
                ? new(issuer, Claim(claims, "scope"))
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private static string? Claim(JsonDocument claims, string name) =>
        claims.RootElement.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;
}
