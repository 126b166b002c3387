namespace OpsMantik.Reliability.Simulation.Workers;

/// <summary>The worker processes of a world: who can act, who stands still, and what goes wrong with them.</summary>
internal sealed class Crew
{
    private readonly World _world;
    private readonly List<SimulatedWorker> _workers = [];
    private int _lives;

    public Crew(World world)
    {
        _world = world;
        for (var count = world.Random.Next(1, 4); count > 0; count--)
            Begin();
    }

    public IReadOnlyList<SimulatedWorker> Awake => [.. _workers.Where(worker => worker.StalledUntil <= _world.Now)];

    public bool IsBusy => _workers.Any(worker => worker.Runs.Count > 0);

    /// <summary>Somebody who can act is at work.</summary>
    public bool IsAwakeAndBusy => Awake.Any(worker => worker.Runs.Count > 0);

    /// <summary>When the next one who stands still wakes up.</summary>
    public DateTimeOffset? NextAwakening => _workers
        .Where(worker => worker.StalledUntil > _world.Now)
        .Min(worker => (DateTimeOffset?)worker.StalledUntil);

    /// <summary>Lets one step happen that somebody has ready, whose it is being drawn; false when nobody has any.</summary>
    public bool Step()
    {
        var ready = Awake.Where(worker => worker.Scheduler.Ready > 0).ToList();
        if (ready.Count == 0)
            return false;
        var worker = ready[_world.Random.Next(ready.Count)];
        worker.Scheduler.RunOne(_world.Random.Next(worker.Scheduler.Ready));
        return true;
    }

    public void Advance(TimeSpan time)
    {
        var standing = _workers.Except(Awake).ToList();
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

    /// <summary>Before each step something may go wrong with whoever is awake.</summary>
    public void Suffer()
    {
        var faults = _world.Faults;
        var awake = Awake;
        if (awake.Count == 0)
            return;
        var worker = awake[_world.Random.Next(awake.Count)];
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
