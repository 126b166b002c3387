using System.CommandLine;
using System.Globalization;
using OpsMantik.Reliability.Report;
using Spectre.Console;

namespace OpsMantik.Reliability.Breakages;

/// <summary><c>breakages [--only text]</c></summary>
internal static class BreakageCommand
{
    private const int MinWidth = 180;

    public static Command Create()
    {
        var only = ProofOptions.Only("breakages", AllBreakages.All.Select(breakage => breakage.Name));
        var command = new Command("breakages", "The product broken on purpose, mistake by mistake: each must be caught.") { only };
        command.SetAction(async (parsed, _) =>
            (await RunAsync(parsed.GetRequiredValue(only))).All(result => result.Held) ? 0 : 1);
        return command;
    }

    /// <summary>Prints its own table and returns one line for the common one.</summary>
    public static async Task<IReadOnlyList<ScenarioResult>> RunAsync(string only = "")
    {
        // Written to a file, the console claims 80 columns.
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, MinWidth);
        var results = await BreakageProof.RunAsync(only, result => AnsiConsole.WriteLine(
            $"{(result.AsExpected ? "as expected" : "NOT CAUGHT ")} {result.Took.TotalSeconds,6:0.0} s  {result.Name}: {result.Detector}"));
        Print(AnsiConsole.Console, results);
        var breakages = AllBreakages.All.Count(breakage => results.Any(result => result.Name == breakage.Name));
        return
        [
            new ScenarioResult(
                "deliberate breakages caught", breakages, 0, 0, 0, 0, 0, TimeSpan.Zero,
                [.. results.Where(result => !result.AsExpected).Select(result => $"{result.Name}: {result.Told}")]),
        ];
    }

    private static void Print(IAnsiConsole console, IReadOnlyList<BreakageResult> results)
    {
        var table = new Table().AddColumns("breakage", "caught by", "it said", "seconds", "");
        foreach (var result in results)
        {
            table.AddRow(
                result.Name.EscapeMarkup(),
                result.Detector.EscapeMarkup(),
                result.Told.EscapeMarkup(),
                result.Took.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture),
                result.AsExpected ? result.Name[0] == '(' ? "content" : "caught" : "NOT CAUGHT");
        }

        console.Write(table);
    }
}
