using System.Text;
using OpsMantik.Core;

namespace OpsMantik.Functions.Tests.Errors;

/// <summary><c>docs/errors.md</c> as the table makes it.</summary>
internal static class ErrorsDocument
{
    private const string Intro =
        """
        # Error codes

        For operators: the codes in `provider_error_code`, as the status page and the command line explain them. "Requeue" and
        "credentials set" are commands ([runbook](runbook.md)). In brackets who acts: the site's owner or the operator. Made from the table in
        [Core](../Core) by a test: run it with `UPDATE_DOCS=1` to write the page again.

        """;

    /// <summary>What is said once above a table instead of in most of its rows.</summary>
    private static readonly (string InCell, string Instead, string Above)[] SaidOnce =
    [
        (" The rows go out by themselves within six hours of the fix.", "", "The rows go out by themselves within six hours of the fix."),
        (", then requeue the failed rows.", ".", "Then requeue the failed rows."),
    ];

    public static string Write()
    {
        var text = new StringBuilder(Intro);
        foreach (var topic in ErrorMeanings.All.Concat(ErrorMeanings.Categories).GroupBy(entry => entry.Topic))
        {
            text.Append($"\n## {topic.Key}\n");
            var above = SaidOnce
                .Where(sentence => topic.Count(entry => entry.Action.Contains(sentence.InCell, StringComparison.Ordinal)) * 2 > topic.Count())
                .ToList();
            foreach (var sentence in above)
                text.Append($"\nUnless a row says otherwise: {sentence.Above}\n");
            var rows = topic.GroupBy(entry => (entry.Meaning, Action: $"{above.Aggregate(entry.Action, Shorten)}{Actor(entry.Who)}")).ToList();
            var usual = rows.CountBy(row => row.Key.Action).MaxBy(action => action.Value);
            if (usual.Value > 1)
                text.Append($"\nAn empty cell means: {usual.Key}\n");
            text.Append("\nCodes | Meaning | What to do\n---|---|---\n");
            foreach (var row in rows)
            {
                var codes = string.Join(' ', row.Select(entry => $"`{entry.Code}`"));
                text.Append($"{codes} | {row.Key.Meaning} | {(usual.Value > 1 && row.Key.Action == usual.Key ? "" : row.Key.Action)}".TrimEnd()).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Shorten(string action, (string InCell, string Instead, string Above) sentence) =>
        action.Replace(sentence.InCell, sentence.Instead, StringComparison.Ordinal);

    private static string Actor(Responsible who) => who switch
    {
        Responsible.SiteOwner => " (owner)",
        Responsible.Operator => " (operator)",
        _ => "",
    };
}
