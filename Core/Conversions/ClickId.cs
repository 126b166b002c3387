using System.Buffers;
using System.Text.RegularExpressions;

namespace OpsMantik.Core.Conversions;

/// <summary>The one click identifier a conversion is sent with.</summary>
public readonly record struct ClickId(ClickIdKind Kind, string Value);

/// <summary>The three identifiers a Google ad click can carry.</summary>
public enum ClickIdKind
{
    Gclid,
    Gbraid,
    Wbraid,
}

/// <summary>What a text that should be a click id says.</summary>
/// <param name="Id">The id; null when the text holds none.</param>
/// <param name="Change">What was done to the text to get it, as "taken out of an address"; null when nothing was.</param>
/// <param name="Fault">Why no id can be made out, as a sentence without the text; null when there is one, or none was given.</param>
public readonly record struct ClickIdReading(ClickId? Id, string? Change, string? Fault);

/// <summary>
/// Reads click ids as dashboards, cookies, files and people write them: with spaces or quotes around, as a pasted address or
/// query, percent-encoded once, in Google's own cookie form; and knows words that stand for none. Keeps the case: ids are
/// case-sensitive.
/// </summary>
public static partial class ClickIdReader
{
    /// <summary>The bound that Google's older AdWords API stated for a click id; our bound here.</summary>
    public const int MaxLength = 512;

    /// <param name="kind">What the text is said to be; an address that holds another kind only gives that one.</param>
    /// <param name="text">As it stands in a column, a payload or a file.</param>
    public static ClickIdReading Read(ClickIdKind kind, string? text)
    {
        if (string.IsNullOrEmpty(text))
            return default;
        // The usual case costs one look at the characters.
        if (IsWellFormed(text) && !IsNumber(text) && !Placeholders.Contains(text) && !text.StartsWith("GCL.", StringComparison.Ordinal))
            return new ClickIdReading(new ClickId(kind, text), null, null);

        var trimmed = Trim(text);
        if (trimmed.Length == 0 || Placeholders.Contains(trimmed) || Template().IsMatch(trimmed))
            return default;
        if (IsNumber(trimmed))
            return new ClickIdReading(null, null, $"The {kind.ToString().ToLowerInvariant()} is a number, which no click id is: a telephone number, or a cell of a spreadsheet?");
        if (IsWellFormed(trimmed) && !trimmed.StartsWith("GCL.", StringComparison.Ordinal))
            return new ClickIdReading(new ClickId(kind, trimmed), "without the characters around it", null);
        return FromCookie(kind, trimmed) ?? FromAddress(kind, trimmed) ?? Decoded(kind, trimmed)
            ?? new ClickIdReading(null, null, Describe(kind, trimmed));
    }

    /// <summary>Only what Google's ids consist of, and no more than <see cref="MaxLength"/> characters.</summary>
    public static bool IsWellFormed(string? id) =>
        id is { Length: > 0 and <= MaxLength } && !id.AsSpan().ContainsAnyExcept(IdCharacters);

    // Telephone numbers stand in the wrong column; as click ids they would leave.
    private static bool IsNumber(string text) =>
        text.Count(char.IsAsciiDigit) >= 7 && !text.AsSpan().ContainsAnyExcept(NumberCharacters);

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789+-.() E");

    private static readonly SearchValues<char> IdCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    // _gcl_aw and _gcl_gb hold "GCL.<seconds>.<id>"; their newer form is "2.1.k<id>$i<seconds>$...".
    private static ClickIdReading? FromCookie(ClickIdKind kind, string text) =>
        Cookie().Match(text) is { Success: true } match && IsWellFormed(match.Groups["id"].Value)
            ? new ClickIdReading(new ClickId(kind, match.Groups["id"].Value), "taken out of Google's cookie", null)
            : null;

    private static ClickIdReading? FromAddress(ClickIdKind kind, string text)
    {
        // An address within an address is encoded as a whole, its id perhaps once more.
        foreach (var form in new[] { text, Unescape(text) }.Distinct())
        {
            var found = Parameter().Matches(form)
                .Select(match => (Kind: Enum.Parse<ClickIdKind>(match.Groups["kind"].Value, ignoreCase: true), match.Groups["id"].Value))
                .Select(each => (each.Kind, Id: IsWellFormed(each.Value) ? each.Value : Unescape(each.Value)))
                .Where(each => IsWellFormed(each.Id) && !IsNumber(each.Id) && !Placeholders.Contains(each.Id))
                .OrderBy(each => each.Kind == kind ? -1 : (int)each.Kind)
                .ToList();
            if (found.Count > 0)
                return new ClickIdReading(new ClickId(found[0].Kind, found[0].Id), "taken out of an address", null);
        }

        return null;
    }

    private static ClickIdReading? Decoded(ClickIdKind kind, string text)
    {
        var decoded = Trim(Unescape(text));
        return decoded == text ? null
            : Placeholders.Contains(decoded) || Template().IsMatch(decoded) ? default(ClickIdReading)
            : IsWellFormed(decoded) && !IsNumber(decoded) ? new ClickIdReading(new ClickId(kind, decoded), "percent-decoded", null)
            : null;
    }

    private static string Describe(ClickIdKind kind, string text)
    {
        var name = kind.ToString().ToLowerInvariant();
        if (Address().IsMatch(text))
            return $"The {name} is an address, or a part of one, that holds no click id.";
        if (text.Length > MaxLength)
            return $"The {name} is {text.Length} characters long; click ids have at most {MaxLength}.";
        var at = text.AsSpan().IndexOfAnyExcept(IdCharacters);
        return at < 0
            ? $"The {name} is no click id of Google's."
            : char.IsWhiteSpace(text[at])
                ? $"The {name} holds a space (character {at + 1}): is it two ids, or cut?"
                : $"The {name} holds a character that no click id has (character {at + 1}).";
    }

    private static string Trim(string text)
    {
        var kept = text.AsSpan().ContainsAny(Invisible) ? string.Concat(text.Where(c => !Invisible.Contains(c))) : text;
        return kept.Trim().Trim(Quotes).Trim();
    }

    private static string Unescape(string text) => text.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(text) : text;

    // Byte-order mark, zero-width space and joiners, word joiner, soft hyphen: nobody sees them in a pasted text.
    private static readonly SearchValues<char> Invisible =
        SearchValues.Create("\uFEFF\u200B\u200C\u200D\u2060\u00AD\0");

    private static readonly char[] Quotes = ['"', '\'', '`', '“', '”', '„', '‘', '’', '«', '»', ' ', '\t', ',', ';'];

    [GeneratedRegex(@"^(GCL\.[0-9]+\.~?|2\.[0-9]\.k)(?<id>[A-Za-z0-9_-]+)(\$.*)?\z", RegexOptions.Singleline)]
    private static partial Regex Cookie();

    [GeneratedRegex(@"(?:^|[?&#;\s])(?<kind>gclid|gbraid|wbraid)=(?<id>[^&#;\s""']+)", RegexOptions.IgnoreCase)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^[a-z]+://|^www\.|[?&=/]", RegexOptions.IgnoreCase)]
    private static partial Regex Address();

    // {gclid}, {{click id}}, [gclid], <gclid>, ${gclid}, %gclid%, %%GCLID%%, __gclid__
    [GeneratedRegex(@"^(\$?\{+[^{}]*\}+|\[+[^\[\]]*\]+|<+[^<>]*>+|%+[A-Za-z _]+%+|__[A-Za-z]+__)\z")]
    private static partial Regex Template();
}
