using System.CommandLine;
using System.Diagnostics;
using OpsMantik.Reliability.Report;
using OpsMantik.Testbed;
using Spectre.Console;

namespace OpsMantik.Reliability.Faults;

/// <summary><c>faults --times 10 [--only text]</c></summary>
internal static class FaultCommand
{
    public const int DefaultTimes = 10;

    public static Command Create()
    {
        var times = ProofOptions.Count("--times", "Runs of each.", DefaultTimes);
        var only = ProofOptions.Only("scenarios", FaultProof.All.Select(scenario => scenario.Name));
        var command = new Command("faults", "Database, network, Google, consents and rivals in trouble, each many times.")
        {
            times, only,
        };
        command.SetAction(async (parsed, _) => ReportTable.Print(
            AnsiConsole.Console,
            await RunAsync(parsed.GetRequiredValue(times), parsed.GetRequiredValue(only))));
        return command;
    }

    public static async Task<IReadOnlyList<ScenarioResult>> RunAsync(int times, string only = "")
    {
        await using var server = await TestbedServer.StartAsync();
        List<ScenarioResult> results = [];
        foreach (var scenario in FaultProof.All.Where(scenario => scenario.Name.Contains(only, StringComparison.Ordinal)))
        {
            var started = Stopwatch.GetTimestamp();
            results.Add(await FaultProof.RunAsync(scenario, server, times));
            AnsiConsole.WriteLine(
                $"{(results[^1].Held ? "held  " : "BROKEN")} {Stopwatch.GetElapsedTime(started).TotalSeconds,6:0.0} s  {scenario.Name}");
        }

        return results;
    }
}
