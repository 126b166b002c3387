using OpsMantik.Benchmarks.Drain;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.Peers;

/// <summary>
/// What a user would pick instead, on the same server with as many jobs: each is given the best of a few settings first,
/// then all take turns.
/// </summary>
internal sealed class PeersMeasure : IMeasure
{
    private static readonly NodeSettings[] Graphile =
    [
        new(1, 24, 500), new(1, 100, 2_000), new(2, 100, 2_000),
    ];

    private static readonly NodeSettings[] PgBoss =
    [
        new(1, 2, 5_000), new(1, 2, 20_000), new(2, 1, 10_000),
    ];

    private static readonly int[] HangfireWorkers = [8, 20];

    public string Name => "peers";

    public string Description => "Rows per second beside graphile-worker, pg-boss and Hangfire.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var folder = await NodeFolder.PrepareAsync(cancellation);
        var jobs = bench.Sizes.PeerJobs;
        await using var ours = await bench.FillAsync(Shapes.Even(jobs, bench.Sizes.DrainSites));
        await using var graphile = await Peer.ChooseAsync(bench, new NodePeer("graphile-worker", folder), Graphile, cancellation);
        await using var boss = await Peer.ChooseAsync(bench, new NodePeer("pg-boss", folder), PgBoss, cancellation);
        await using var hangfire = await HangfirePeer.FillAsync(bench, bench.Sizes.HangfireJobs);
        var workers = await FastestAsync(bench, hangfire, cancellation);

        List<double> us = [], graphiles = [], bosses = [], hangfires = [], ratios = [];
        for (var run = 0; run < bench.Sizes.Runs; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            us.Add(await bench.OnCopyAsync(ours, database => OwnDrain.RateAsync(database, jobs)));
            graphiles.Add(await graphile.RateAsync(cancellation));
            bosses.Add(await boss.RateAsync(cancellation));
            hangfires.Add(await HangfireAsync(bench, hangfire, workers, cancellation));
            ratios.Add(us[^1] / Math.Max(graphiles[^1], bosses[^1]));
            bench.Say($"peers: ours {us[^1]:N0}, graphile-worker {graphiles[^1]:N0}, pg-boss {bosses[^1]:N0}, Hangfire {hangfires[^1]:N0} a second");
        }

        return
        [
            new Figure(Name, $"this worker, {jobs:N0} rows", "rows/s", us),
            new Figure(Name, $"graphile-worker ({graphile.Settings})", "rows/s", graphiles),
            new Figure(Name, $"pg-boss ({boss.Settings})", "rows/s", bosses),
            new Figure(Name, $"Hangfire.PostgreSql ({workers} workers, {bench.Sizes.HangfireJobs:N0} jobs)", "rows/s", hangfires),
            new Figure(Name, "against the better of graphile-worker and pg-boss", "×", ratios, Goal.Least(1.5, 1)),
        ];
    }

    private static async Task<int> FastestAsync(Bench bench, TestbedDatabase full, CancellationToken cancellation)
    {
        var best = (Workers: 0, Rate: 0d);
        foreach (var workers in HangfireWorkers)
        {
            var rate = await HangfireAsync(bench, full, workers, cancellation);
            bench.Say($"Hangfire, {workers} workers: {rate:N0} a second");
            if (rate > best.Rate)
                best = (workers, rate);
        }

        return best.Workers;
    }

    private static Task<double> HangfireAsync(
        Bench bench, TestbedDatabase full, int workers, CancellationToken cancellation) =>
        bench.OnCopyAsync(full, database =>
            HangfirePeer.DrainAsync(database, bench.Sizes.HangfireJobs, workers, cancellation));
}

/// <summary>A peer from npm with its queue filled and its best settings found.</summary>
internal sealed class Peer(Bench bench, NodePeer peer, TestbedDatabase full, NodeSettings settings) : IAsyncDisposable
{
    public NodeSettings Settings => settings;

    /// <summary>Fills a queue and drains a copy of it with each of the settings.</summary>
    public static async Task<Peer> ChooseAsync(
        Bench bench, NodePeer peer, IReadOnlyList<NodeSettings> candidates, CancellationToken cancellation)
    {
        var full = await peer.FillAsync(bench, bench.Sizes.PeerJobs, cancellation);
        var best = (Peer: (Peer?)null, Rate: 0d);
        foreach (var settings in candidates)
        {
            var contender = new Peer(bench, peer, full, settings);
            var rate = await contender.RateAsync(cancellation);
            bench.Say($"{peer.Name}, {settings}: {rate:N0} a second");
            if (rate > best.Rate)
                best = (contender, rate);
        }

        return best.Peer!;
    }

    public Task<double> RateAsync(CancellationToken cancellation) => bench.OnCopyAsync(
        full, database => peer.DrainAsync(database, bench.Sizes.PeerJobs, settings, cancellation));

    public ValueTask DisposeAsync() => full.DisposeAsync();
}

/// <summary>A peer cannot be measured here; the message says what to do.</summary>
internal sealed class PeerException(string message) : Exception(message);
