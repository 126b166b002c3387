using Microsoft.Extensions.Time.Testing;

namespace OpsMantik.Reliability.Simulation.Workers;

/// <summary>The worker processes of a world: who can act, who stands still, and what goes wrong with them.</summary>
internal sealed class WorkerPool
{
    private readonly World _world;
    private readonly List<SimulatedWorker> _workers = [];
    private int _lives;

    public WorkerPool(World world)
    {
        _world = world;
        for (var count = world.Random.Next(1, 4); count > 0; count--)
            Begin();
    }

    public IReadOnlyList<SimulatedWorker> Running => [.. _workers.Where(worker => worker.StalledUntil <= _world.Now)];

    public bool IsBusy => _workers.Any(worker => worker.Runs.Count > 0);

    /// <summary>A worker that is not stalled has a run under way.</summary>
    public bool IsWorking => Running.Any(worker => worker.Runs.Count > 0);

    /// <summary>When the next stalled worker continues.</summary>
    public DateTimeOffset? NextAwakening => _workers
        .Where(worker => worker.StalledUntil > _world.Now)
        .Min(worker => (DateTimeOffset?)worker.StalledUntil);

    /// <summary>Runs one ready step of a worker drawn at random; false when no worker has one.</summary>
    public bool Step()
    {
        var ready = Running.Where(worker => worker.Scheduler.Ready > 0).ToList();
        if (ready.Count == 0)
            return false;
        var worker = ready[_world.Random.Next(ready.Count)];
        worker.Scheduler.RunOne(_world.Random.Next(worker.Scheduler.Ready));
        return true;
    }

    public void Advance(TimeSpan time)
    {
        var standing = _workers.Except(Running).ToList();
        _world.Advance(time);
        foreach (var worker in _workers)
        {
            if (standing.Contains(worker) && worker.Clock.StandsStill)
                continue;
            if (standing.Contains(worker))
                worker.Stalled += time;
            worker.Clock.Advance(time);
        }
    }

    /// <summary>Before each step something may go wrong with whoever is running.</summary>
    public void Suffer()
    {
        var faults = _world.Faults;
        var running = Running;
        if (running.Count == 0)
            return;
        var worker = running[_world.Random.Next(running.Count)];
        if (_world.Happens(faults.Crash))
            Crash(worker);
        if (_world.Happens(faults.Stall))
            Stall(worker);
        if (_world.Happens(faults.ClockJump))
            worker.Clock.Offset += TimeSpan.FromMinutes(_world.Random.Next(-120, 120));
        if (_world.Happens(faults.Stop))
            worker.Runs.ToList().ForEach(run => run.Stop());
    }

    public void WakeAll() => _workers.ForEach(worker => worker.StalledUntil = _world.Now);

    private void Begin() => _workers.Add(new SimulatedWorker(++_lives, _world.Store, _world.Random));

    private void Crash(SimulatedWorker worker)
    {
        _world.Trace.Add(_world.Now, "crash", worker.Number);
        worker.Scheduler.Die();
        _workers.Remove(worker);
        Begin();
    }

    private void Stall(SimulatedWorker worker)
    {
        worker.StalledUntil = _world.Now + TimeSpan.FromSeconds(_world.Random.Next(1, 1_500));
        worker.Clock.StandsStill = _world.Random.Next(2) == 0;
        _world.Trace.Add(_world.Now, "stall", worker.Number, (long)(worker.StalledUntil - _world.Now).TotalSeconds);
    }
}

internal enum RunKind
{
    Upload,
    Confirm,
    Recover,
}

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
