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
        "credentials set" are commands ([runbook](runbook.md)). Made from the table in [Core](../Core) by a test: run it with
        `UPDATE_DOCS=1` to write the page again.

        """;

    /// <summary>Said once above a table instead of in most of its rows.</summary>
    private const string AfterTheFix = "The rows go out by themselves within six hours of the fix.";

    public static string Write()
    {
        var text = new StringBuilder(Intro);
        foreach (var topic in ErrorMeanings.All.Concat(ErrorMeanings.Categories).GroupBy(entry => entry.Topic))
        {
            text.Append($"\n## {topic.Key}\n");
            if (topic.Any(entry => entry.Action.Contains(AfterTheFix, StringComparison.Ordinal)))
                text.Append($"\nUnless a row says otherwise: {AfterTheFix}\n");
            text.Append("\n| Codes | Meaning | What to do |\n|---|---|---|\n");
            foreach (var same in topic.GroupBy(entry => (entry.Meaning, entry.Action, entry.Who)))
            {
                var codes = string.Join(' ', same.Select(entry => $"`{entry.Code}`"));
                var action = same.Key.Action.Replace($" {AfterTheFix}", "", StringComparison.Ordinal);
                text.Append($"| {codes} | {same.Key.Meaning} | {action}{Actor(same.Key.Who)} |\n");
            }
        }

        return text.ToString();
    }

    private static string Actor(Responsible who) => who switch
    {
        Responsible.SiteOwner => " (site owner)",
        Responsible.Operator => " (operator)",
        _ => "",
    };
}
