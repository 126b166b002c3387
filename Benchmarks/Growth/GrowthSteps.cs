using OpsMantik.Benchmarks.Report;

namespace OpsMantik.Benchmarks.Growth;

/// <summary>One database for each size. They take turns, so that all meet the same machine at the same time.</summary>
internal sealed class GrowthSteps : IAsyncDisposable
{
    private readonly List<(int Size, QueueProbe Probe)> _stages = [];

    public static async Task<GrowthSteps> LoadAsync(int[] sizes, Func<int, Task<QueueProbe>> load)
    {
        var stages = new GrowthSteps();
        try
        {
            foreach (var size in sizes)
                stages._stages.Add((size, await load(size)));
            return stages;
        }
        catch
        {
            await stages.DisposeAsync();
            throw;
        }
    }

    /// <summary>Measures every stage in turn, the first time to warm up.</summary>
    /// <returns>For each size what every run gave.</returns>
    public async Task<IReadOnlyList<List<double[]>>> MeasureAsync(
        int runs, Func<int, QueueProbe, Task<double[]>> measure, CancellationToken cancellation)
    {
        List<double[]>[] results = [.. _stages.Select(_ => new List<double[]>())];
        for (var run = 0; run <= runs; run++)
        {
            for (var i = 0; i < results.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var result = await measure(_stages[i].Size, _stages[i].Probe);
                if (run > 0)
                    results[i].Add(result);
            }
        }

        return results;
    }

    /// <summary>The cost at each size, and the largest over the smallest, run by run.</summary>
    public static IEnumerable<Figure> Figures(
        string measure, string grown, int[] sizes, IReadOnlyList<List<double[]>> results, int place, string unit,
        Goal? goal = null)
    {
        var costs = results.Select(runs => runs.Select(run => run[place]).ToArray()).ToArray();
        for (var i = 0; i < sizes.Length; i++)
            yield return new Figure(GrowthMeasure.Part, $"{measure}, {sizes[i]:N0} {grown}", unit, costs[i]);
        yield return new Figure(
            GrowthMeasure.Part, $"{measure}, {sizes[^1]:N0} {grown} over {sizes[0]:N0}", "×",
            [.. costs[^1].Zip(costs[0], (large, small) => large / small)], goal);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, probe) in _stages)
            await probe.DisposeAsync();
    }
}
