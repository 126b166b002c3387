using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.Peers;

/// <summary>A peer from npm with its queue filled and its best settings found.</summary>
internal sealed class Contender(Bench bench, NodePeer peer, TestbedDatabase full, NodeSettings settings) : IAsyncDisposable
{
    public NodeSettings Settings => settings;

    /// <summary>Fills a queue and drains a copy of it with each of the settings.</summary>
    public static async Task<Contender> ChooseAsync(
        Bench bench, NodePeer peer, IReadOnlyList<NodeSettings> candidates, CancellationToken cancellation)
    {
        var full = await peer.FillAsync(bench, bench.Sizes.PeerJobs, cancellation);
        var best = (Contender: (Contender?)null, Rate: 0d);
        foreach (var settings in candidates)
        {
            var contender = new Contender(bench, peer, full, settings);
            var rate = await contender.RateAsync(cancellation);
            bench.Say($"{peer.Name}, {settings}: {rate:N0} a second");
            if (rate > best.Rate)
                best = (contender, rate);
        }

        return best.Contender!;
    }

    public Task<double> RateAsync(CancellationToken cancellation) => bench.OnCopyAsync(
        full, database => peer.DrainAsync(database, bench.Sizes.PeerJobs, settings, cancellation));

    public ValueTask DisposeAsync() => full.DisposeAsync();
}
