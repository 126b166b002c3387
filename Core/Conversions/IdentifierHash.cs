using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace OpsMantik.Core.Conversions;

/// <summary>
/// Tells the hash that Google takes (SHA-256 in 64 hexadecimal digits) from what stands in its place. Only the cause is told: the text may be
/// a person's number in the clear.
/// </summary>
public static class IdentifierHash
{
    private const int HexDigits = 64;

    /// <summary>What every message about a wrong one asks for.</summary>
    public const string Wanted = "the SHA-256 of a value in 64 hexadecimal digits";

    // Somebody hashed an empty field, or the word that stands for one: thousands of customers would share it.
    private static readonly FrozenSet<string> OfNothing = Placeholders.All
        .SelectMany(word => (string[])[word, word.ToUpperInvariant(), $"{char.ToUpperInvariant(word[0])}{word[1..]}"])
        .Append("")
        .Select(word => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(word))))
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool IsSha256(string text) => text.Length == HexDigits && text.All(char.IsAsciiHexDigit);

    /// <summary>True for the hash of an empty text, or of a word such as "null".</summary>
    public static bool IsOfNothing(string text) => OfNothing.Contains(text);

    /// <summary>What the text is instead, as "a hash in Base64"; null for one that can be sent.</summary>
    public static string? FindFault(string text) =>
        IsSha256(text) ? (IsOfNothing(text) ? "the hash of an empty field" : null)
        : FindOtherForm(text) ?? "no hash";

    /// <summary>Names a hash in another form or of another kind; null for what is no hash at all.</summary>
    public static string? FindOtherForm(string text)
    {
        if (text.Length is 32 or 40 or 128 && text.All(char.IsAsciiHexDigit))
            return "a hash of another kind (MD5, SHA-1 or SHA-512)";
        // Of the 32 bytes, or of their 64 hexadecimal digits.
        Span<byte> bytes = stackalloc byte[HexDigits + 2];
        return text.Length is 44 or 88
            && Convert.TryFromBase64String(text.Replace('-', '+').Replace('_', '/'), bytes, out var length) && length is 32 or HexDigits
            ? "a hash in Base64"
            : null;
    }
}
