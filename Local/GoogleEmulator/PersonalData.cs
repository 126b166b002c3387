using System.Buffers;
using System.Text.RegularExpressions;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>Personal data in a request: in the clear where it must not be, and hashed where Google asks for it.</summary>
internal static partial class PersonalData
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    public static bool IsHex(string text) => !text.AsSpan().ContainsAnyExcept(Hex);

    public static bool IsSha256(string text) => text.Length == 64 && !text.AsSpan().ContainsAnyExcept(LowerHex);

    /// <summary>
    /// Whether an order id contains an address or a telephone number. Google does not say what it looks for (the
    /// patterns are inference): a number shows by its plus, its international or trunk prefix, or its brackets. Bare
    /// digits pass, because order numbers are bare digits too.
    /// </summary>
    public static bool IsIn(string orderId) =>
        (orderId.Contains('@') && Address().IsMatch(orderId))
        // No UUID matches; most order ids are UUIDs, and to read one is faster than to search it.
        || (orderId.AsSpan().ContainsAny('+', '0', '(') && !Guid.TryParse(orderId, out _) && Telephone().IsMatch(orderId));

    [GeneratedRegex(@"[^\s@]@[^\s@.]+(\.[^\s@.]+)+")]
    private static partial Regex Address();

    [GeneratedRegex(
        """
        (?<![0-9A-Za-z+])\+[1-9](?:[ .()\-]{0,2}[0-9]){6,14}(?![0-9A-Za-z])     # +90 532 123 45 67
        | (?<![0-9A-Za-z])00[1-9][0-9]{10,12}(?![0-9A-Za-z])                    # 00905321234567
        | (?<![0-9A-Za-z])0[1-9][0-9]{9}(?![0-9A-Za-z])                         # 05321234567
        | (?<![0-9A-Za-z.\-])0[1-9](?:[ .()\-]{0,2}[0-9]){9}(?![0-9A-Za-z])     # 0532 123 45 67
        | \([0-9]{3}\)[ ]?[0-9]{3}[ .\-]?[0-9]{4}(?![0-9A-Za-z])                # (555) 123-4567
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Telephone();
}
