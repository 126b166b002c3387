using System.Text;
using OpsMantik.Core;

namespace OpsMantik.Functions.Tests.Errors;

/// <summary><c>docs/errors.md</c> as the table makes it.</summary>
internal static class ErrorsDocument
{
    private const string Intro =
        """
        # What errors mean

        The code that a row ends or waits with stands in `provider_error_code`; the status page and the command line show it
        with these words. "Requeue" is `opsmantik requeue`, "credentials set" is `opsmantik credentials set`; the
        [runbook](runbook.md) shows both. This page is made from the table in `Core/Errors`, and a test compares them: run it
        with `UPDATE_DOCS=1` to write the page anew.

        """;

    public static string Write()
    {
        var text = new StringBuilder(Intro);
        foreach (var topic in ErrorMeanings.All.Concat(ErrorMeanings.Categories).GroupBy(entry => entry.Topic))
        {
            text.Append($"\n## {topic.Key}\n\n| codes | what it means | what to do | who |\n|---|---|---|---|\n");
            foreach (var same in topic.GroupBy(entry => (entry.Meaning, entry.Action, entry.Who)))
            {
                var codes = string.Join(' ', same.Select(entry => $"`{entry.Code}`"));
                text.Append($"| {codes} | {same.Key.Meaning} | {same.Key.Action} | {Words(same.Key.Who)} |\n");
            }
        }

        return text.ToString();
    }

    private static string Words(Responsible who) => who switch
    {
        Responsible.SiteOwner => "site owner",
        Responsible.Operator => "operator",
        _ => "nobody",
    };
}
