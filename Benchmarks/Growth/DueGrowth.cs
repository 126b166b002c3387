using OpsMantik.Benchmarks.Report;

namespace OpsMantik.Benchmarks.Growth;

/// <summary>What a claim costs per row when the same number of due rows belongs to more and more sites.</summary>
internal static class DueGrowth
{
    private const int MostClaimed = 10_000;

    public static async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var (sizes, rows) = (bench.Sizes.DueSites, bench.Sizes.DueRows);
        // What is claimed stays claimed: every run must find enough.
        var limit = Math.Min(MostClaimed, rows / 4);
        await using var stages = await Stages.LoadAsync(sizes, sites => QueueProbe.LoadAsync(bench, sites, rows, due: true));
        var costs = await stages.MeasureAsync(
            bench.Sizes.Runs,
            async (sites, probe) =>
            {
                var (groups, claim, _) = await probe.ClaimAsync(limit, checkpoint: true);
                bench.Say($"growth, {sites:N0} sites due: claim {claim:0.0} µs a row, {groups.Count:N0} groups");
                return [claim];
            },
            cancellation);
        return [.. Stages.Figures("claim", "sites due", sizes, costs, 0, "µs/row", Goal.Most(1.5, 3))];
    }
}
