using System.Diagnostics;
using System.Text.Json;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Vault;

namespace OpsMantik.Benchmarks;

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

/// <summary>
/// Counts what Npgsql sends to one database: a command, or a whole batch, is one activity and one round trip. The look for
/// isolated sites is left out: it goes by the clock, every 2 s, and not by what is uploaded.
/// </summary>
internal sealed class CommandCount : IDisposable
{
    private readonly ActivityListener _listener;
    private int _total;

    public CommandCount(string database)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                // Opening a connection of the pool is an activity without SQL.
                if (database.Equals(activity.GetTagItem("db.namespace"))
                    && activity.GetTagItem("db.query.text") is string text
                    && text != ConversionQueue.IsolatedSql)
                    Interlocked.Increment(ref _total);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public int Total => _total;

    public void Dispose() => _listener.Dispose();
}

/// <summary>Takes every conversion after a wait, or at once, and counts: what is left is the worker's own cost.</summary>
internal sealed class TimedProvider(TimeSpan latency) : ICorrectingProvider
{
    private int _calls;
    private int _rows;

    /// <summary>Whether an answer has a request's id, which is then written with each row.</summary>
    public bool RequestIds { get; init; }

    public string Key => "google_ads";

    public int MaxBatchSize => 2_000;

    public int Calls => _calls;

    public int Rows => _rows;

    public string? FindFault(JsonElement credentials) => null;

    public Task<IReadOnlyList<UploadOutcome>> UploadAsync(
        OpenedCredential credential, IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken) =>
        AnswerAsync(credential, conversions.Count, cancellationToken);

    public Task<IReadOnlyList<UploadOutcome>> CorrectAsync(
        OpenedCredential credential, IReadOnlyList<Correction> corrections, CancellationToken cancellationToken) =>
        AnswerAsync(credential, corrections.Count, cancellationToken);

    private async Task<IReadOnlyList<UploadOutcome>> AnswerAsync(
        OpenedCredential credential, int rows, CancellationToken cancellationToken)
    {
        // Read as Google's provider reads it.
        using var document = credential.Parse();
        Interlocked.Increment(ref _calls);
        Interlocked.Add(ref _rows, rows);
        if (latency > TimeSpan.Zero)
            await Task.Delay(latency, TimeProvider.System, cancellationToken);
        var outcomes = new UploadOutcome[rows];
        Array.Fill(outcomes, UploadOutcome.Completed() with { RequestId = RequestIds ? Guid.NewGuid().ToString() : null });
        return outcomes;
    }
}
