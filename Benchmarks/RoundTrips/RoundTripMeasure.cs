using OpsMantik.Benchmarks.Report;

namespace OpsMantik.Benchmarks.RoundTrips;

/// <summary>
/// What one more uploaded batch costs in round trips to the database, at its dearest: one site alone, so that no claim
/// serves two batches. What a run costs once, whatever it uploads, cancels out between a short run and a long one.
/// </summary>
internal sealed class RoundTripMeasure : IMeasure
{
    private const int RowsOfBatch = 2_000;
    private const int MoreBatches = 5;

    public string Name => "round-trips";

    public string Description => "Round trips to the database for each uploaded batch.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        List<double> perBatch = [], perRun = [];
        for (var run = 0; run < bench.Sizes.Runs; run++)
        {
            var one = await CountAsync(bench, batches: 1, cancellation);
            var more = await CountAsync(bench, batches: 1 + MoreBatches, cancellation);
            perBatch.Add((more - one) / (double)MoreBatches);
            perRun.Add(one - perBatch[^1]);
            bench.Say($"round trips: {perBatch[^1]} a batch, {perRun[^1]} a run");
        }

        return
        [
            new Figure(Name, "for each uploaded batch", "", perBatch, Goal.Most(2, 4)),
            new Figure(Name, "for each run beside its batches", "", perRun),
        ];
    }

    private static async Task<int> CountAsync(Bench bench, int batches, CancellationToken cancellation)
    {
        await using var database = await bench.FillAsync(batches * RowsOfBatch);
        var provider = new TimedProvider(TimeSpan.Zero);
        await using var worker = new BenchWorker(database.WorkerConnectionString, provider);
        using var count = new CommandCount(database.Name);
        await worker.DrainAsync(cancellation);
        return provider.Calls == batches
            ? count.Total
            : throw new InvalidOperationException($"{provider.Calls} batches were uploaded, not {batches}.");
    }
}
