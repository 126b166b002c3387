using OpsMantik.Core;

namespace OpsMantik.Web.StatusPage.Parts;

/// <summary>What the tables have in common.</summary>
internal static class Tables
{
    private static readonly string Page = Routes.PathOf(Routes.Status);

    /// <summary>A table that scrolls by itself where it is wider than the window; by the keyboard too.</summary>
    /// <param name="id">Of the heading that names it.</param>
    /// <param name="columns">Their names; one that begins with # holds numbers.</param>
    /// <param name="rows">Each a whole &lt;tr&gt;.</param>
    public static Markup Of(string id, IReadOnlyList<string> columns, IEnumerable<Markup> rows) => Markup.Of(
        $"""
        <div class="scroll" role="group" aria-labelledby="{id}" tabindex="0"><table aria-labelledby="{id}"><thead><tr>{Markup.Join(columns.Select(Column))}</tr></thead>
        <tbody>{Markup.Join(rows)}</tbody></table></div>

        """);

    public static Markup SiteLink(Guid site) =>
        Markup.Of($"<a class=\"k\" href=\"{Page}?site={site}\"><code>{Words.Short(site)}</code></a>");

    /// <summary>Says that there are more than the table shows.</summary>
    public static Markup More(int all, int shown, string one) => all <= shown
        ? Markup.Empty
        : Markup.Of($"<p class=\"more\">and {Words.Count(all - shown, one)} more; look one up by its id above</p>\n");

    /// <summary>A code with what it means; the message, if any, as somebody else's words.</summary>
    /// <param name="withAction">False where the same code has just said what to do.</param>
    public static Markup Explained(ErrorMeaning meaning, string? message, bool withAction) => Markup.Of(
        $"<code>{meaning.Code}</code> {meaning.Meaning}{(withAction ? Markup.Of($" <span class=\"do\">{meaning.Action}</span>") : Markup.Empty)}{Quote(message)}");

    private static Markup Quote(string? message) =>
        string.IsNullOrWhiteSpace(message) ? Markup.Empty : Markup.Of($"<q>{message}</q>");

    private static Markup Column(string name) => name is ['#', .. var number]
        ? Markup.Of($"<th scope=\"col\" class=\"n\">{number}</th>")
        : Markup.Of($"<th scope=\"col\">{name}</th>");
}
