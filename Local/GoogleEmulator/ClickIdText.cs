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

/// <summary>
/// Errors that a click id asks for, so that a sample file can drive the emulator. In the Google Ads API
/// <c>err-EXPIRED_EVENT-17</c> fails with that enum every time, <c>once-INTERNAL_ERROR-17</c> only the first time. In the
/// Data Manager API <c>bad-INVALID_EVENT</c> refuses the whole request and names the event, <c>mute-INVALID_EVENT</c>
/// refuses it without a field path; <c>proc-INVALID_GCLID</c> fails in processing every time, <c>once-INTERNAL_ERROR</c>
/// only the first time, and <c>procx-INVALID_GCLID</c> fails and is reported by count, without its index. A correction fails by
/// <c>adj-CONVERSION_NOT_FOUND</c>, the first time only by <c>adj1-TOO_RECENT_CONVERSION</c>, in the order id that it names or in its
/// conversion's click id, in both APIs.
/// </summary>
internal static class ScriptedErrors
{
    public static string? Always(string clickId) => CodeAfter("err-", clickId);

    public static string? Once(string clickId) => CodeAfter("once-", clickId);

    public static string? InvalidEvent(string clickId) => CodeAfter("bad-", clickId);

    public static string? InvalidRequest(string clickId) => CodeAfter("mute-", clickId);

    /// <summary>The reason to fail with, and whether the status reports the event's index.</summary>
    public static (string Reason, bool Indexed)? Processing(string clickId) =>
        CodeAfter("proc-", clickId) is { } reason ? (reason, true)
        : CodeAfter("procx-", clickId) is { } counted ? (counted, false)
        : null;

    public static string? Adjustment(string text) => CodeAfter("adj-", text);

    public static string? AdjustmentOnce(string text) => CodeAfter("adj1-", text);

    /// <summary>The enum name after a prefix; null when the prefix is not in the click id.</summary>
    private static string? CodeAfter(string prefix, string clickId)
    {
        var start = clickId.IndexOf(prefix, StringComparison.Ordinal);
        if (start < 0)
            return null;
        start += prefix.Length;
        var end = start;
        while (end < clickId.Length && (char.IsAsciiLetterUpper(clickId[end]) || clickId[end] == '_'))
            end++;
        return end == start ? null : clickId[start..end];
    }
}
