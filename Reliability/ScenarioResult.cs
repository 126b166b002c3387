using System.Globalization;
using Spectre.Console;

namespace OpsMantik.Reliability;

/// <summary>What a scenario found, in Jepsen's words.</summary>
/// <param name="Scenario">Its name, as the table shows it.</param>
/// <param name="Runs">How often it was run: seeds, kills, faults.</param>
/// <param name="Rows">Rows queued over all runs.</param>
/// <param name="Lost">Rows that never had their effect, or were not terminal after a full drain.</param>
/// <param name="Unexpected">Effects at Google without a row that asks for them, or with another identity.</param>
/// <param name="Duplicated">Rows sent more than once with the same identity: allowed after a fault, never an effect twice.</param>
/// <param name="Recovered">Rows that a fault left behind and that came through all the same.</param>
/// <param name="TimeToRecover">From the end of the fault to the last row terminal, the longest of all runs.</param>
/// <param name="Broken">Invariants that did not hold, each with what is needed to see it again, such as the seed.</param>
internal sealed record ScenarioResult(
    string Scenario,
    int Runs,
    long Rows,
    long Lost,
    long Unexpected,
    long Duplicated,
    long Recovered,
    TimeSpan TimeToRecover,
    IReadOnlyList<string> Broken)
{
    /// <summary>Why it was not run on this machine; null when it was.</summary>
    public string? Skipped { get; init; }

    /// <summary>Nothing lost, nothing unexpected, every invariant held.</summary>
    public bool Held => Lost == 0 && Unexpected == 0 && Broken.Count == 0;
}

internal static class ScenarioResults
{
    /// <summary>Runs of one scenario as one line; what broke is told with the name of its run.</summary>
    public static ScenarioResult Sum(string scenario, IReadOnlyList<ScenarioResult> runs) => new(
        scenario,
        runs.Sum(run => run.Runs),
        runs.Sum(run => run.Rows),
        runs.Sum(run => run.Lost),
        runs.Sum(run => run.Unexpected),
        runs.Sum(run => run.Duplicated),
        runs.Sum(run => run.Recovered),
        runs.Count == 0 ? TimeSpan.Zero : runs.Max(run => run.TimeToRecover),
        [.. runs.SelectMany(run => run.Broken.Select(broken => $"{run.Scenario}: {broken}"))]);
}

/// <summary>One kind of proof, in its full size.</summary>
/// <param name="Name">That of its command.</param>
/// <param name="RunAsync">Runs it; a line of the table for each scenario.</param>
internal sealed record Proof(string Name, Func<Task<IReadOnlyList<ScenarioResult>>> RunAsync);

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
                result.Skipped is not null ? "skipped" : result.Held ? "held" : "BROKEN");
        }

        console.Write(table);
        foreach (var result in results.Where(result => result.Skipped is not null))
            console.WriteLine($"{result.Scenario}: skipped: {result.Skipped}");
        foreach (var (scenario, broken) in results.SelectMany(result => result.Broken.Select(text => (result.Scenario, text))))
            console.WriteLine($"{scenario}: {broken}");
        return results.All(result => result.Held) ? 0 : 1;
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
