using System.Globalization;
using Spectre.Console;

namespace OpsMantik.Reliability.Report;

/// <summary>The table of all scenarios, and below it each invariant that broke.</summary>
internal static class ReportTable
{
    /// <returns>The exit code: 0 if every invariant held, else 1.</returns>
    public static int Print(IAnsiConsole console, IReadOnlyList<ScenarioResult> results)
    {
        // Written to a file, the console claims 80 columns, and names would be cut to pieces.
        console.Profile.Width = Math.Max(console.Profile.Width, 140);
        var table = new Table().AddColumns(
            "scenario", "runs", "rows", "lost", "unexpected", "duplicated", "recovered", "time to recover", "");
        foreach (var result in results)
        {
            table.AddRow(
                result.Scenario.EscapeMarkup(),
                Number(result.Runs),
                Number(result.Rows),
                Number(result.Lost),
                Number(result.Unexpected),
                Number(result.Duplicated),
                Number(result.Recovered),
                result.TimeToRecover.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture),
                result.Held ? "held" : "BROKEN");
        }

        console.Write(table);
        foreach (var (scenario, broken) in results.SelectMany(result => result.Broken.Select(text => (result.Scenario, text))))
            console.WriteLine($"{scenario}: {broken}");
        return results.All(result => result.Held) ? 0 : 1;
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
