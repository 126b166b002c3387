using System.Globalization;

namespace OpsMantik.Core.Providers.GoogleAds.Errors;

/// <summary>Waits that a provider asks for.</summary>
internal static class Delay
{
    /// <summary>The longest wait we grant; a mistaken or hostile answer must not park rows for good.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>Reads a google.protobuf.Duration in JSON: <c>30s</c>, <c>1.500s</c>. Null if it is none.</summary>
    public static TimeSpan? Parse(string? text) =>
        text is [.. var number, 's']
        && decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            ? Bound(seconds >= (decimal)Longest.TotalSeconds ? Longest : TimeSpan.FromSeconds((double)seconds))
            : null;

    public static TimeSpan? Bound(TimeSpan? wait) =>
        wait is not { } value || value <= TimeSpan.Zero ? null : value < Longest ? value : Longest;
}
