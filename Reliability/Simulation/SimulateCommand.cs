using System.Collections.Concurrent;
using System.CommandLine;
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

/// <summary>Many seeds as one line of the table. Each seed runs on one thread, several of them side by side.</summary>
internal static class SimulationScenario
{
    /// <summary>Seeds of the whole proof.</summary>
    public const int FullCount = 100_000;

    // Of many that break alike, a few are enough to replay.
    private const int MostBroken = 50;

    public static ScenarioResult Run(int from, int count)
    {
        var results = new ConcurrentBag<SeedResult>();
        Parallel.For(0, count, index => results.Add(SeedRun.Run(from + index)));
        return Sum(results);
    }

    public static ScenarioResult Sum(IReadOnlyCollection<SeedResult> results) => new(
        "simulation",
        results.Count,
        results.Sum(result => (long)result.Rows),
        results.Sum(result => (long)result.Lost),
        results.Sum(result => (long)result.Unexpected),
        results.Sum(result => (long)result.Duplicated),
        results.Sum(result => (long)result.Recovered),
        results.Max(result => result.TimeToRecover),
        [
            .. results.OrderBy(result => result.Seed)
                .SelectMany(result => result.Broken.Select(broken => $"seed {result.Seed}: {broken}"))
                .Take(MostBroken),
        ]);
}
