using System.Text.RegularExpressions;

namespace OpsMantik.Core.Conversions;

/// <summary>The identity under which Google recognises a second sending. It must name a sale, never a person.</summary>
public static partial class OrderId
{
    /// <summary>
    /// The length of a transaction id in Google's import files; the API states none, so this bound is ours. Sale ids
    /// (36) fit well inside.
    /// </summary>
    public const int MaxLength = 64;

    public static bool IsWellFormed(string? id) =>
        id?.Length <= MaxLength && !string.IsNullOrWhiteSpace(id) && !id.Any(char.IsControl);

    /// <summary>
    /// True for an e-mail address or a telephone number: Google forbids both (ORDER_ID_CONTAINS_PII). Plain digits are an order's
    /// number, unless they begin as a dialled number does (0 and ten digits more, or 00 and a country) or are a Turkish mobile number with its country (905…).
    /// </summary>
    public static bool ContainsPersonalData(string id) =>
        // A sale's own id may hold any run of digits.
        !Guid.TryParse(id, out _) && (Mail().IsMatch(id) || Phone().IsMatch(id));

    [GeneratedRegex(@"[^\s@<>]+(@|%40)[^\s@<>]+\.[A-Za-z]{2,}")]
    private static partial Regex Mail();

    // +90 532 123 45 67, 0090…, 0532 1234567, (0532) 123 45 67, 532 123 45 67, (415) 555-2671, tel:+1…
    [GeneratedRegex(
        @"(?<![A-Za-z0-9])(905[0-9]{9}|\+[ ().\-/]*[1-9]([ ().\-/]*[0-9]){7,14}|00[1-9]([ ().\-/]*[0-9]){7,13}|\(?0[ ().\-/]*[1-9]([ ().\-/]*[0-9]){8,9}"
        + @"|[2-9][0-9]{2}[ .\-][0-9]{3}[ .\-][0-9]{2}[ .\-]?[0-9]{2}|\([0-9]{3}\) ?[0-9]{3}[ .\-]?[0-9]{4})(?![0-9])",
        RegexOptions.IgnoreCase)]
    private static partial Regex Phone();
}
