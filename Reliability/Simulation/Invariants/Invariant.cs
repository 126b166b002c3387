using OpsMantik.Core.Corrections;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Reliability.Simulation.Google;
using OpsMantik.Reliability.Simulation.Store;
using OpsMantik.Reliability.Simulation.Workers;

namespace OpsMantik.Reliability.Simulation.Invariants;

/// <summary>Something that must hold whatever happens. It sees what happens, step by step, and says when it does not.</summary>
internal abstract class Invariant(World world) : IStoreObserver
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

    /// <inheritdoc/>
    public virtual void CorrectionChanged(CorrectionRow? before, CorrectionRow after, StoreWrite by, Guid? token)
    {
    }

    /// <summary>A claim's group, at the moment of the claim.</summary>
    public virtual void Claimed(SimulatedRun run, ClaimedGroup group)
    {
    }

    /// <summary>A claim's corrections of one group, at the moment of the claim.</summary>
    public virtual void CorrectionsClaimed(SimulatedRun run, CorrectionGroup group)
    {
    }

    /// <summary>A request with corrections starts.</summary>
    public virtual void Correcting(SimulatedRun run, Guid siteId, IReadOnlyList<Correction> corrections)
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

    protected void Broken(string what) => world.InvariantChecks.Report($"{GetType().Name}: {what}");

    protected int NumberOf(QueueRow row) => world.Sales[row.Id].Number;
}

/// <summary>All twelve invariants, and what they found broken.</summary>
internal sealed class InvariantChecks : IStoreObserver
{
    // One broken thing breaks others; the first few tell.
    private const int Most = 20;

    private readonly Invariant[] _invariants;
    private readonly List<string> _broken = [];

    public InvariantChecks(World world)
    {
        Identity = new SentOnce(world);
        _invariants =
        [
            new Conserved(world), Identity, new TerminalForGood(world), new OneLiveClaim(world), new AttemptsCounted(world),
            new NotStuck(world), new CircuitKept(world), new OneSite(world), new CountersAddUp(world), new InTime(world),
            new CorrectionsInOrder(world), new SalesStand(world),
        ];
    }

    public SentOnce Identity { get; }

    public IReadOnlyList<string> Broken => _broken;

    public void Report(string broken)
    {
        if (_broken.Count < Most)
            _broken.Add(broken);
    }

    public void RowChanged(QueueRow? before, QueueRow after, StoreWrite by, Guid? token)
    {
        foreach (var invariant in _invariants)
            invariant.RowChanged(before, after, by, token);
    }

    public void CircuitChanged(Circuit before, Circuit after)
    {
        foreach (var invariant in _invariants)
            invariant.CircuitChanged(before, after);
    }

    public void CorrectionChanged(CorrectionRow? before, CorrectionRow after, StoreWrite by, Guid? token) =>
        Tell(invariant => invariant.CorrectionChanged(before, after, by, token));

    public void CorrectionsClaimed(SimulatedRun run, CorrectionGroup group) =>
        Tell(invariant => invariant.CorrectionsClaimed(run, group));

    public void Correcting(SimulatedRun run, Guid siteId, IReadOnlyList<Correction> corrections) =>
        Tell(invariant => invariant.Correcting(run, siteId, corrections));

    public void Claimed(SimulatedRun run, ClaimedGroup group) => Tell(invariant => invariant.Claimed(run, group));

    public void ClaimFilled() => Tell(invariant => invariant.ClaimFilled());

    public void Recovered(int minAgeMinutes) => Tell(invariant => invariant.Recovered(minAgeMinutes));

    public void Sending(Delivery delivery) => Tell(invariant => invariant.Sending(delivery));

    public void Delivered(Delivery delivery) => Tell(invariant => invariant.Delivered(delivery));

    public void AnswerLost(Delivery delivery) => Tell(invariant => invariant.AnswerLost(delivery));

    public void TimePassed() => Tell(invariant => invariant.TimePassed());

    public void RunEnded(SimulatedRun run) => Tell(invariant => invariant.RunEnded(run));

    public void Ended() => Tell(invariant => invariant.Ended());

    private void Tell(Action<Invariant> what) => Array.ForEach(_invariants, what);
}
