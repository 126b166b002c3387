namespace OpsMantik.Local.GoogleEmulator.Uploads;

/// <summary>
/// An error that a click id asks for, so that a sample file can drive the emulator: <c>err-EXPIRED_EVENT-17</c> fails
/// with that enum every time, <c>once-INTERNAL_ERROR-17</c> only the first time.
/// </summary>
internal readonly record struct ScriptedError(string Code, bool Once)
{
    public static ScriptedError? Read(string clickId) =>
        CodeAfter("err-", clickId) is { } always ? new(always, Once: false)
        : CodeAfter("once-", clickId) is { } once ? new(once, Once: true)
        : null;

    /// <summary>The enum name after a mark; null when the mark is not there.</summary>
    public static string? CodeAfter(string mark, string clickId)
    {
        var start = clickId.IndexOf(mark, StringComparison.Ordinal);
        if (start < 0)
            return null;
        start += mark.Length;
        var end = start;
        while (end < clickId.Length && (char.IsAsciiLetterUpper(clickId[end]) || clickId[end] == '_'))
            end++;
        return end == start ? null : clickId[start..end];
    }
}
