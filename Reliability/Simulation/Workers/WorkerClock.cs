using Microsoft.Extensions.Time.Testing;

namespace OpsMantik.Reliability.Simulation.Workers;

/// <summary>
/// A worker's own clock. Its hour may be wrong and be set while timers and elapsed time go on, as a machine's do, and it may
/// stand still while the store's goes on.
/// </summary>
internal sealed class WorkerClock : FakeTimeProvider
{
    /// <summary>How far off the hour is.</summary>
    public TimeSpan Offset { get; set; }

    public bool StandsStill { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;

    // The base takes it from the hour, which is wrong here.
    public override long GetTimestamp() => base.GetUtcNow().Ticks;
}
