using OpsMantik.Benchmarks.Report;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.Growth;

/// <summary>What a claim and its write-backs cost per row with more and more finished rows in the table.</summary>
internal static class HistoryGrowth
{
    private const int Sites = 100;
    private const int RowsOfSite = 50;

    public static async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var sizes = bench.Sizes.HistoryRows;
        await using var stages = await Stages.LoadAsync(sizes, rows => QueueProbe.LoadAsync(bench, Sites, rows, due: false));
        var enqueued = 0;
        var costs = await stages.MeasureAsync(
            bench.Sizes.Runs,
            async (rows, probe) =>
            {
                await probe.Database.EnqueueAsync(
                    probe.Sites, [.. Enumerable.Repeat(RowsOfSite, Sites)], $"{enqueued++}-");
                var (groups, claim, log) = await probe.ClaimAsync(Sites * RowsOfSite);
                var write = await probe.WriteBackAsync(groups);
                bench.Say($"growth, {rows:N0} rows of history: claim {claim:0.0}, write-back {write:0.0} µs, {log:0} bytes of log a row");
                return [claim, write, log];
            },
            cancellation);
        return
        [
            .. Stages.Figures("claim", "rows of history", sizes, costs, 0, "µs/row", Goal.Most(1.3, 2)),
            .. Stages.Figures("write-back", "rows of history", sizes, costs, 1, "µs/row", Goal.Most(1.3, 2)),
            .. Stages.Figures("claim's log", "rows of history", sizes, costs, 2, "bytes/row"),
        ];
    }
}
