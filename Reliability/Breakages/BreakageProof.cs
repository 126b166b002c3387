using System.Diagnostics;

namespace OpsMantik.Reliability.Breakages;

/// <summary>
/// The proofs bite: each breakage is woken in turn and its detector must fail. Before that, every detector must be
/// content with the same copy and nothing awake, or its complaint would prove nothing.
/// </summary>
internal static class BreakageProof
{
    // The detectors mostly wait.
    private const int AtOnce = 2;

    /// <param name="only">Only breakages whose name contains this.</param>
    /// <param name="done">Hears each result as it comes.</param>
    public static async Task<IReadOnlyList<BreakageResult>> RunAsync(string only, Action<BreakageResult> done)
    {
        var breakages = AllBreakages.All.Where(breakage => breakage.Name.Contains(only, StringComparison.Ordinal)).ToList();
        using var tree = new ScratchTree(AllBreakages.All);
        await tree.BuildAsync();
        var unbroken = breakages.Select(breakage => string.Join(' ', breakage.Detector)).Distinct()
            .Select(line => breakages.First(breakage => string.Join(' ', breakage.Detector) == line).Detector);
        return
        [
            .. await AllAsync(unbroken, detector => RunAsync(tree, null, detector), done),
            .. await AllAsync(breakages, breakage => RunAsync(tree, breakage, breakage.Detector), done),
        ];
    }

    private static async Task<IReadOnlyList<BreakageResult>> AllAsync<T>(
        IEnumerable<T> inputs, Func<T, Task<BreakageResult>> run, Action<BreakageResult> done)
    {
        var all = inputs.ToList();
        var results = new BreakageResult[all.Count];
        await Parallel.ForAsync(0, all.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (place, _) =>
        {
            results[place] = await run(all[place]);
            done(results[place]);
        });
        return results;
    }

    private static async Task<BreakageResult> RunAsync(ScratchTree tree, Breakage? breakage, string[] detector)
    {
        var started = Stopwatch.GetTimestamp();
        var (exit, output) = await tree.RunAsync(detector, breakage);
        var lines = output.Split('\n');
        // An invariant that broke, not a program that fell over.
        var caught = exit == 1 && lines.Any(line => line.Contains("BROKEN", StringComparison.Ordinal));
        var told = lines.SkipWhile(line => !line.StartsWith('└')).Skip(1).FirstOrDefault(line => line.Trim().Length > 0);
        var asExpected = breakage is null ? exit == 0 : caught;
        return new BreakageResult(
            breakage?.Name ?? "(nothing broken)",
            string.Join(' ', detector),
            asExpected ? (told ?? "").Trim() : $"exit code {exit}: {string.Join(' ', lines.TakeLast(20)).Trim()}",
            asExpected,
            Stopwatch.GetElapsedTime(started));
    }
}
