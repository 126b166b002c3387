using OpsMantik.Local.GoogleEmulator.Uploads;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>
/// What a click id asks for. At once: <c>bad-INVALID_EVENT</c> refuses the whole request and names the event,
/// <c>mute-INVALID_EVENT</c> refuses it without a field path. In processing: <c>proc-INVALID_GCLID</c> fails every
/// time, <c>once-INTERNAL_ERROR</c> only the first time, <c>procx-INVALID_GCLID</c> fails and is told by count alone.
/// </summary>
internal static class ScriptedRule
{
    public static string? Bad(string clickId) => ScriptedError.CodeAfter("bad-", clickId);

    public static string? Mute(string clickId) => ScriptedError.CodeAfter("mute-", clickId);

    public static string? Once(string clickId) => ScriptedError.CodeAfter("once-", clickId);

    /// <summary>The reason to fail with, and whether the status tells the event's index.</summary>
    public static (string Reason, bool Indexed)? Processing(string clickId) =>
        ScriptedError.CodeAfter("proc-", clickId) is { } reason ? (reason, true)
        : ScriptedError.CodeAfter("procx-", clickId) is { } counted ? (counted, false)
        : null;
}
