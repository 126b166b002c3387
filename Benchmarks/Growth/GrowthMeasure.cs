using OpsMantik.Benchmarks.Report;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.Growth;

/// <summary>Whether the queue's cost per row stays the same as history, sites and dead rows grow.</summary>
internal sealed class GrowthMeasure : IMeasure
{
    public const string Part = "growth";

    public string Name => Part;

    public string Description => "Claim and write-back with history, with many sites due, and beside an old transaction.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation) =>
    [
        .. await PinnedChurn.RunAsync(bench, olderSchema: false, cancellation),
        .. await PinnedChurn.RunAsync(bench, olderSchema: true, cancellation),
        .. await DueGrowth.RunAsync(bench, cancellation),
        .. await HistoryGrowth.RunAsync(bench, cancellation),
    ];
}

/// <summary>What a claim costs per row when the same number of due rows belongs to more and more sites.</summary>
internal static class DueGrowth
{
    private const int MostClaimed = 10_000;

    public static async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var (sizes, rows) = (bench.Sizes.DueSites, bench.Sizes.DueRows);
        // What is claimed stays claimed: every run must find enough.
        var limit = Math.Min(MostClaimed, rows / 4);
        await using var stages = await GrowthSteps.LoadAsync(sizes, sites => QueueProbe.LoadAsync(bench, sites, rows, due: true));
        var costs = await stages.MeasureAsync(
            bench.Sizes.Runs,
            async (sites, probe) =>
            {
                var (groups, claim, _) = await probe.ClaimAsync(limit, checkpoint: true);
                bench.Say($"growth, {sites:N0} sites due: claim {claim:0.0} µs a row, {groups.Count:N0} groups");
                return [claim];
            },
            cancellation);
        return [.. GrowthSteps.Figures("claim", "sites due", sizes, costs, 0, "µs/row", Goal.Most(1.5, 3))];
    }
}

/// <summary>What a claim and its write-backs cost per row with more and more finished rows in the table.</summary>
internal static class HistoryGrowth
{
    private const int Sites = 100;
    private const int RowsOfSite = 50;
    private const int Ticks = 11;

    public static async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var sizes = bench.Sizes.HistoryRows;
        await using var stages = await GrowthSteps.LoadAsync(sizes, rows => QueueProbe.LoadAsync(bench, Sites, rows, due: false));
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
                var (tick, trips) = await probe.TickAsync(Ticks);
                var one = await TakeOneAsync(probe, $"{enqueued++}-");
                bench.Say(
                    $"growth, {rows:N0} rows of history: tick with nothing due {tick:0.0} ms, {trips:0.#} round trips; one row {one:0.0} ms");
                return [claim, write, late, log, tick, trips, one];
            },
            cancellation);
        return
        [
            .. GrowthSteps.Figures("claim", "rows of history", sizes, costs, 0, "µs/row", Goal.Most(1.3, 2)),
            .. GrowthSteps.Figures("write-back", "rows of history", sizes, costs, 1, "µs/row", Goal.Most(1.3, 2)),
            // The worst case: every row's place in the index of sale ids is copied to the log. It explains, and has no goal.
            .. GrowthSteps.Figures("claim after a checkpoint", "rows of history", sizes, costs, 2, "µs/row"),
            .. GrowthSteps.Figures("its log", "rows of history", sizes, costs, 3, "bytes/row"),
            Largest("tick with nothing due", "ms", 4, Goal.Most(5, 15)),
            Largest("round trips of a tick with nothing due", "", 5, Goal.Most(2, 5)),
            Largest("claim and write-back of the one row that is due", "ms", 6, Goal.Most(5, 15)),
        ];

        Figure Largest(string measure, string unit, int place, Goal goal) =>
            new(GrowthMeasure.Part, $"{measure}, {sizes[^1]:N0} rows of history", unit, [.. costs[^1].Select(run => run[place])], goal);
    }

    /// <returns>Milliseconds.</returns>
    private static async Task<double> TakeOneAsync(QueueProbe probe, string clickPrefix)
    {
        await probe.Database.EnqueueAsync([probe.Sites[0]], [1], clickPrefix);
        var (groups, claim, _) = await probe.ClaimAsync(1, checkpoint: false);
        return (claim + await probe.WriteBackAsync(groups)) / 1_000;
    }

    private static async Task<(double Claim, double WriteBack, double Log)> TakeAsync(
        QueueProbe probe, string clickPrefix, bool checkpoint)
    {
        await probe.Database.EnqueueAsync(probe.Sites, [.. Enumerable.Repeat(RowsOfSite, Sites)], clickPrefix);
        var (groups, claim, log) = await probe.ClaimAsync(Sites * RowsOfSite, checkpoint);
        return (claim, await probe.WriteBackAsync(groups), log);
    }
}
