using System.CommandLine;
using System.CommandLine.Completions;
using OpsMantik.Core;

namespace OpsMantik.Cli;

/// <summary><c>opsmantik explain</c>: what an error code means and who does what about it, as docs/errors.md has it.</summary>
internal static class ExplainCommand
{
    private const int MostCandidates = 3;

    public static Command Create()
    {
        var code = new Argument<string>("code") { Description = "An error code or category, as INVALID_GRANT." };
        code.CompletionSources.Add(context => Codes
            .Where(each => each.StartsWith(context.WordToComplete, StringComparison.OrdinalIgnoreCase))
            .Select(each => new CompletionItem(each)));
        var json = JsonOption.Create();
        var command = new CommandWithExamples(
            "explain",
            "What an error code means, what to do about it, and who. Needs no database.",
            "opsmantik explain INVALID_GRANT",
            "opsmantik explain HTTP_503 --json")
        {
            code, json,
        };
        command.SetAction((parsed, _) => ErrorReport.GuardAsync(() =>
        {
            Explain(parsed.GetValue(code)!, new CommandOutput(parsed.GetValue(json)));
            return Task.FromResult(ExitCodes.Success);
        }, parsed));
        return command;
    }

    /// <summary>The codes that are most like what was typed, the likest first.</summary>
    internal static IReadOnlyList<string> FindLike(string typed) =>
    [
        .. Codes.Select(code => (Code: code, Distance: Distance(typed, code)))
            .OrderBy(each => each.Distance)
            .ThenBy(each => each.Code, StringComparer.Ordinal)
            .Take(MostCandidates)
            .Select(each => each.Code),
    ];

    private static IEnumerable<string> Codes =>
        ErrorMeanings.All.Concat(ErrorMeanings.Categories).Select(meaning => meaning.Code).Where(code => !code.EndsWith('*'));

    private static void Explain(string typed, CommandOutput output)
    {
        var code = typed.Trim().ToUpperInvariant();
        var found = ErrorMeanings.Find(code) ?? ErrorMeanings.Categories.FirstOrDefault(category => category.Code == code);
        if (found is null)
        {
            var like = FindLike(code);
            throw new OperatorException(
                $"There is no code '{typed}'. Do you mean {string.Join(", ", like)}?", $"opsmantik explain {like[0]}");
        }

        output.Write(
            new { code, found.Topic, found.Meaning, found.Action, who = TextFormat.Name(found.Who) },
            console =>
            {
                console.Verbatim($"{code} ({found.Topic})");
                console.Verbatim($"meaning     {found.Meaning}");
                console.Verbatim($"to do       {found.Action}");
                console.Verbatim($"who         {TextFormat.Name(found.Who)}");
            });
    }

    // Levenshtein's: letters to insert, remove or replace.
    private static int Distance(string left, string right)
    {
        var above = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var row = 1; row <= left.Length; row++)
        {
            var diagonal = above[0];
            above[0] = row;
            for (var column = 1; column <= right.Length; column++)
            {
                var replaced = diagonal + (left[row - 1] == right[column - 1] ? 0 : 1);
                diagonal = above[column];
                above[column] = Math.Min(replaced, Math.Min(above[column], above[column - 1]) + 1);
            }
        }

        return above[right.Length];
    }
}
