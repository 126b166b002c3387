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
                var (claim, write, _) = await TakeAsync(probe, $"{enqueued++}-", checkpoint: false);
                var (late, _, log) = await TakeAsync(probe, $"{enqueued++}-", checkpoint: true);
                bench.Say(
                    $"growth, {rows:N0} rows of history: claim {claim:0.0}, write-back {write:0.0} µs a row; "
                    + $"after a checkpoint, claim {late:0.0} µs and {log:N0} bytes of log a row");
                return [claim, write, late, log];
            },
            cancellation);
        return
        [
            .. Stages.Figures("claim", "rows of history", sizes, costs, 0, "µs/row", Goal.Most(1.3, 2)),
            .. Stages.Figures("write-back", "rows of history", sizes, costs, 1, "µs/row", Goal.Most(1.3, 2)),
            // The worst case: every row's place in the index of sale ids is copied to the log. It explains, and has no goal.
            .. Stages.Figures("claim after a checkpoint", "rows of history", sizes, costs, 2, "µs/row"),
            .. Stages.Figures("its log", "rows of history", sizes, costs, 3, "bytes/row"),
        ];
    }

    private static async Task<(double Claim, double WriteBack, double Log)> TakeAsync(
        QueueProbe probe, string clickPrefix, bool checkpoint)
    {
        await probe.Database.EnqueueAsync(probe.Sites, [.. Enumerable.Repeat(RowsOfSite, Sites)], clickPrefix);
        var (groups, claim, log) = await probe.ClaimAsync(Sites * RowsOfSite, checkpoint);
        return (claim, await probe.WriteBackAsync(groups), log);
    }
}
