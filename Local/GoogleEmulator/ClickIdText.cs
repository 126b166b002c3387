using System.Buffers;
using System.Collections.Frozen;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>
/// Whether Google could decode a text as gclid, gbraid or wbraid. Theirs are base64url of 20 to 100 characters; here any
/// length will do, so that tests can read their own.
/// </summary>
internal static class ClickIdText
{
    private static readonly SearchValues<char> Base64Url =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    // Base64url too, but what programs write for a value that is not there.
    private static readonly FrozenSet<string> Placeholders = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "null", "undefined", "none", "nan", "nil", "na", "test", "true", "false", "0", "-", "_", "gclid", "gbraid", "wbraid");

    private static readonly int LongestPlaceholder = Placeholders.Max(text => text.Length);

    public static bool CanBeDecoded(string text) =>
        !text.AsSpan().ContainsAnyExcept(Base64Url)
        && (text.Length > LongestPlaceholder || !Placeholders.Contains(text));
}
