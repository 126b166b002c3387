using OpsMantik.Reliability.Simulation.Scheduling;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Simulation.Workers;

/// <summary>One life of a worker process: from its start to its crash.</summary>
internal sealed class SimulatedWorker(int number, MemoryStore store, Random random)
{
    public int Number => number;

    public WorkerScheduler Scheduler { get; } = new();

    public WorkerClock Clock { get; } = new() { Offset = TimeSpan.FromMinutes(random.Next(-120, 120)) };

    public MemoryQueue Queue { get; } = new(store, random);

    public MemoryConfirmations Confirmations { get; } = new(store);

    public List<SimulatedRun> Runs { get; } = [];

    /// <summary>Until then it stands still, by the world's clock.</summary>
    public DateTimeOffset StalledUntil { get; set; }

    /// <summary>How long it has stood still in all.</summary>
    public TimeSpan Stalled { get; set; }
}
