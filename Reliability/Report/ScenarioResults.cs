namespace OpsMantik.Reliability.Report;

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
