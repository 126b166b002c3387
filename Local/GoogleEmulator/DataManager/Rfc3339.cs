using System.Globalization;
using System.Text.RegularExpressions;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>Reads timestamps as proto3 JSON does: RFC 3339 with a zone.</summary>
internal static partial class Rfc3339
{
    public static DateTimeOffset? Parse(string text) =>
        Form().IsMatch(text) && DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time)
            ? time
            : null;

    [GeneratedRegex(
        @"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex Form();
}
