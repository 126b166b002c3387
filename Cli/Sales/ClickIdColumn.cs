namespace OpsMantik.Cli.Sales;

/// <summary>
/// What the click ids of a whole file show and one of them cannot: that something changed them all on the way. Google knows none of them
/// then. A warning only: they are sent as they stand.
/// </summary>
internal static class ClickIdColumn
{
    // The chance that twenty unchanged ids have no capital letter, or no small one, is nil.
    private const int FewestToJudge = 20;

    // Usual widths of a database's columns that are shorter than some click ids.
    private static readonly int[] Widths = [50, 64, 100, 128, 255];

    /// <returns>Null when nothing is conspicuous.</returns>
    public static string? FindDamage(IEnumerable<string> clickIds)
    {
        var ids = clickIds.Distinct(StringComparer.Ordinal).ToList();
        if (ids.Count < FewestToJudge)
            return null;
        foreach (var (letters, isMissing) in (ReadOnlySpan<(string, Func<char, bool>)>)
            [("capital", char.IsAsciiLetterUpper), ("small", char.IsAsciiLetterLower)])
        {
            if (!ids.Any(id => id.Any(isMissing)))
            {
                return $"none of the {TextFormat.Number(ids.Count)} click ids has a {letters} letter: something changed their case, and Google"
                    + " will not know them; export them from where they were recorded";
            }
        }

        var longest = ids.Max(id => id.Length);
        var cut = ids.Count(id => id.Length == longest);
        return Widths.Contains(longest) && cut >= FewestToJudge && cut > ids.Count / 2
            ? $"{TextFormat.Number(cut)} click ids have exactly {longest} characters, and none has more: a column of that width cut them?"
            : null;
    }
}
