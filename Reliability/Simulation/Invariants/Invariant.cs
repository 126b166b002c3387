using OpsMantik.Core.Queue;
using OpsMantik.Reliability.Simulation.Google;
using OpsMantik.Reliability.Simulation.Store;
using OpsMantik.Reliability.Simulation.Workers;

namespace OpsMantik.Reliability.Simulation.Invariants;

/// <summary>Something that must hold whatever happens. It sees what happens, step by step, and says when it does not.</summary>
internal abstract class Invariant(World world) : IStoreWatcher
{
    protected World World => world;

    /// <inheritdoc/>
    public virtual void RowChanged(QueueRow? before, QueueRow after, StoreWrite by, Guid? token)
    {
    }

    /// <inheritdoc/>
    public virtual void CircuitChanged(Circuit before, Circuit after)
    {
    }

    /// <summary>A claim's group, at the moment of the claim.</summary>
    public virtual void Claimed(SimulatedRun run, ClaimedGroup group)
    {
    }

    /// <summary>A claim that took as many rows as it was allowed.</summary>
    public virtual void ClaimFilled()
    {
    }

    /// <summary>A recovery ran.</summary>
    public virtual void Recovered(int minAgeMinutes)
    {
    }

    /// <summary>A request starts.</summary>
    public virtual void Sending(Delivery delivery)
    {
    }

    /// <summary>A request reached the provider.</summary>
    public virtual void Delivered(Delivery delivery)
    {
    }

    /// <summary>What became of a request that reached the provider will not be known.</summary>
    public virtual void AnswerLost(Delivery delivery)
    {
    }

    /// <summary>The world's clock went on.</summary>
    public virtual void TimePassed()
    {
    }

    public virtual void RunEnded(SimulatedRun run)
    {
    }

    /// <summary>After the full drain.</summary>
    public virtual void Ended()
    {
    }

    protected void Broken(string what) => world.Judges.Report($"{GetType().Name}: {what}");

    protected int NumberOf(QueueRow row) => world.Sales[row.Id].Number;
}
