using System.Collections.Frozen;

namespace OpsMantik.Core.Conversions;

/// <summary>Words that programs and people write where a value is missing.</summary>
public static class Placeholders
{
    // No click id, order id or address is one of these, so none is lost by taking them for "there is none".
    private static readonly FrozenSet<string> Set = new[]
    {
        "null", "undefined", "none", "nan", "n/a", "na", "nil", "-", "--", "0", "(not set)", "not set", "(none)", "(not provided)",
        "test", "empty", "unknown", "false", "true", "gclid", "gbraid", "wbraid", "gclid=", "gbraid=", "wbraid=", "#n/a", "[object object]",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>In lower case.</summary>
    public static IReadOnlyCollection<string> All => Set;

    public static bool Contains(string text) => Set.Contains(text);
}
