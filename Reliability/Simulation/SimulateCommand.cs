using System.CommandLine;
using OpsMantik.Reliability.Report;
using Spectre.Console;

namespace OpsMantik.Reliability.Simulation;

/// <summary><c>simulate</c>: seeds by the thousand, or one again with its trace.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        var seeds = ProofOptions.Count("--seeds", "How many seeds.", 2_000);
        var from = new Option<int>("--from") { Description = "The first of them.", DefaultValueFactory = _ => 1 };
        var seed = new Option<int?>("--seed") { Description = "Replays this one and prints its trace." };
        var command = new Command("simulate", "The real runs over a simulated world, its faults drawn by seeds.")
        {
            seeds, from, seed,
        };
        command.SetAction(parsed => parsed.GetValue(seed) is { } one
            ? Replay(one)
            : ReportTable.Print(
                AnsiConsole.Console, [SimulationScenario.Run(parsed.GetValue(from), parsed.GetValue(seeds))]));
        return command;
    }

    private static int Replay(int seed)
    {
        var result = SeedRun.Run(seed, keepTrace: true);
        foreach (var line in result.Trace)
            Console.WriteLine(line);
        Console.WriteLine($"trace {result.TraceHash:x16}");
        return ReportTable.Print(AnsiConsole.Console, [SimulationScenario.Sum([result])]);
    }
}
