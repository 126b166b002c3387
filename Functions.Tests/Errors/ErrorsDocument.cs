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

    /// <summary>Said once above a table instead of in most of its rows: how a row says it, and what is left there.</summary>
    private static readonly (string Text, string Said, string Left)[] Shared =
    [
        (" The rows go out by themselves within six hours of the fix.", "The rows go out by themselves within six hours of the fix.", ""),
        (", then requeue the failed rows.", "Then requeue the failed rows.", "."),
        ("; then requeue.", "Then requeue the failed rows.", "."),
        (" If it lasts for hours on every site, call the operator.", "If it lasts for hours on every site, call the operator.", ""),
    ];

    public static string Write()
    {
        var text = new StringBuilder(Intro);
        foreach (var topic in ErrorMeanings.All.Concat(ErrorMeanings.Categories).GroupBy(entry => entry.Topic))
        {
            text.Append($"\n## {topic.Key}\n");
            // Once is no repetition.
            var shared = Shared.Where(one => topic.Select(entry => entry.Action).Distinct()
                .Count(action => action.EndsWith(one.Text, StringComparison.Ordinal)) > 1).ToList();
            if (shared.Count > 0)
                text.Append($"\nUnless a row says otherwise: {string.Join(' ', shared.Select(one => one.Said).Distinct())}\n");
            text.Append("\n| Codes | Meaning | What to do |\n|---|---|---|\n");
            foreach (var same in topic.GroupBy(entry => (entry.Meaning, entry.Action, entry.Who)))
            {
                var codes = string.Join(' ', same.Select(entry => $"`{entry.Code}`"));
                var action = shared.Aggregate(same.Key.Action, (left, one) => left.EndsWith(one.Text, StringComparison.Ordinal)
                    ? left[..^one.Text.Length] + one.Left
                    : left);
                text.Append($"| {codes} | {same.Key.Meaning} | {action}{(action.StartsWith("Ask the site owner", StringComparison.Ordinal) ? "" : Actor(same.Key.Who))} |\n");
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
