namespace OpsMantik.Benchmarks.Peers;

/// <summary>How a peer is driven.</summary>
/// <param name="Threads">JavaScript engines, each with a worker of the peer's; as many processes would be.</param>
/// <param name="Concurrency">Jobs (graphile-worker) or batches (pg-boss) side by side in each.</param>
/// <param name="Batch">Jobs claimed at once.</param>
/// <param name="Delay">Milliseconds that graphile-worker's completions wait for others to join their batch.</param>
internal sealed record NodeSettings(int Threads, int Concurrency, int Batch, int Delay = 0)
{
    public override string ToString() => $"{Threads} × {Concurrency}, batches of {Batch}";
}
