using System.Globalization;
using System.Text.RegularExpressions;

namespace OpsMantik.Core.Providers.DataManager.Errors;

/// <summary>Reads the paths of field violations.</summary>
internal static partial class FieldPath
{
    /// <summary>
    /// The event's index. Google writes <c>events.events[3].event_source</c>; <c>events[3]</c> and <c>events.3</c> are
    /// read too.
    /// </summary>
    public static int? EventIndex(string path) =>
        Event().Match(path) is { Success: true } match
        && int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : null;

    /// <summary>A field of the destination or of its accounts: every row of the request shares it.</summary>
    public static bool IsOfDestination(string path) => Shared().IsMatch(path);

    [GeneratedRegex(@"\bevents[\[./]([0-9]{1,9})\b", RegexOptions.IgnoreCase)]
    private static partial Regex Event();

    [GeneratedRegex("destination|account", RegexOptions.IgnoreCase)]
    private static partial Regex Shared();
}
