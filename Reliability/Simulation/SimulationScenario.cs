using System.Collections.Concurrent;
using OpsMantik.Reliability.Report;

namespace OpsMantik.Reliability.Simulation;

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
