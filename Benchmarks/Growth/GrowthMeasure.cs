using OpsMantik.Benchmarks.Report;

namespace OpsMantik.Benchmarks.Growth;

/// <summary>Whether the queue's cost per row stays the same as history, sites and dead rows grow.</summary>
internal sealed class GrowthMeasure : IMeasure
{
    public const string Part = "growth";

    public string Name => Part;

    public string Description => "Claim and write-back with history, with many sites due, and beside an old transaction.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation) =>
    [
        .. await PinnedChurn.RunAsync(bench, cancellation),
        .. await DueGrowth.RunAsync(bench, cancellation),
        .. await HistoryGrowth.RunAsync(bench, cancellation),
    ];
}
