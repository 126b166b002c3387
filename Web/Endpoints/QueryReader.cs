using System.Globalization;

namespace OpsMantik.Web.Endpoints;

/// <summary>Reads a query strictly: every parameter once, in its range, and no unknown one.</summary>
internal sealed class QueryReader(IQueryCollection query)
{
    private const int LongestEcho = 50;

    private readonly List<string> _known = [];
    private string? _fault;

    /// <summary>A whole number in plain digits; the fallback where the parameter is absent.</summary>
    public int ReadInteger(string name, int least, int most, int fallback)
    {
        if (ReadOne(name) is not { } text)
            return fallback;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        _fault ??= string.Create(CultureInfo.InvariantCulture, $"{name} must be a whole number from {least} to {most}");
        return fallback;
    }

    /// <summary>A text without the blanks around it; empty where there is nothing in it, null where the parameter is absent.</summary>
    public string? ReadText(string name, int longest)
    {
        if (ReadOne(name) is not { } text)
            return null;
        if (text.Length <= longest)
            return text.Trim();
        _fault ??= string.Create(CultureInfo.InvariantCulture, $"{name} must have at most {longest} characters");
        return null;
    }

    /// <summary>One of the allowed values, or null where the parameter is absent.</summary>
    public string? ReadChoice(string name, IReadOnlyList<string> allowed)
    {
        var text = ReadOne(name);
        if (text is not null && !allowed.Contains(text))
            _fault ??= $"{name} must be one of: {string.Join(", ", allowed)}";
        return text;
    }

    /// <summary>The first thing wrong with the query, null when nothing is. Asked after the last read.</summary>
    public string? FindFault()
    {
        if (_fault is null && query.Keys.FirstOrDefault(IsUnknown) is { } stranger)
        {
            var known = _known.Count == 0 ? "none" : string.Join(", ", _known);
            _fault = $"unknown query parameter: {Shorten(stranger)}; known: {known}";
        }

        return _fault;
    }

    private bool IsUnknown(string name) => !_known.Contains(name, StringComparer.OrdinalIgnoreCase);

    private string? ReadOne(string name)
    {
        _known.Add(name);
        // A parameter that is given twice is one text with a comma in it, which no parameter may hold.
        return query.TryGetValue(name, out var values) && values.Count > 0 ? string.Join(',', values.ToArray()) : null;
    }

    private static string Shorten(string text) => text.Length <= LongestEcho ? text : text[..LongestEcho] + "...";
}
