using OpsMantik.Reliability.Simulation.Invariants;
using OpsMantik.Reliability.Simulation.Workers;

namespace OpsMantik.Reliability.Simulation;

/// <summary>One seed from its first sale through the chaos to the full drain, on one thread.</summary>
internal sealed class SeedRun
{
    // Far more than any seed took; one that takes more turns in a circle.
    private const int MostSteps = 30_000;

    private static readonly TimeSpan LongestDrain = TimeSpan.FromDays(30);

    private readonly int _seed;
    private readonly World _world;
    private readonly WorkerPool _pool;
    private readonly RunSchedule _timetable;
    private readonly SaleStream _sales;
    private readonly Dashboard _dashboard;
    private readonly DateTimeOffset _chaosUntil;

    private SeedRun(int seed, bool keepTrace)
    {
        _seed = seed;
        _world = new World(seed, keepTrace);
        _pool = new WorkerPool(_world);
        _timetable = new RunSchedule(_world, _pool, new RunStarter(_world));
        var chaos = TimeSpan.FromMinutes(_world.Random.Next(20, 120));
        _chaosUntil = _world.Now + chaos;
        _sales = new SaleStream(_world, chaos);
        _dashboard = new Dashboard(_world);
    }

    public static SeedResult Run(int seed, bool keepTrace = false)
    {
        // An await would go by a context before it goes by a scheduler.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return new SeedRun(seed, keepTrace).Run();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private SeedResult Run()
    {
        var steps = 0;
        while (!IsDone() && steps++ < MostSteps)
            Step();
        if (steps >= MostSteps || _world.DrainingFor > LongestDrain)
            _world.InvariantChecks.Report($"not drained after {steps} steps and {_world.DrainingFor}");
        _world.InvariantChecks.Ended();
        var unknown = _world.InvariantChecks.Identity.FateUnknown;
        var lost = _world.Store.Rows.Count(row => Conserved.IsLost(row, _world));
        return new SeedResult(
            _seed,
            _world.Trace.Hash,
            _world.Sales.Count,
            lost,
            _world.InvariantChecks.Identity.Unexpected,
            _world.Sales.Values.Count(sale => sale.Duplicates > 0),
            _world.Store.Rows.Count(row => unknown.Contains(row.Id) && !Conserved.IsLost(row, _world)),
            _world.DrainingFor,
            _world.InvariantChecks.Broken,
            _world.Trace.Lines);
    }

    private bool IsDone() => _world.DrainingFor > LongestDrain
        || (_world.IsDraining && _sales.Next is null && !_pool.IsBusy && _world.Store.Rows.All(row => row.IsTerminal)
            && !_world.Store.HasWork);

    private void Step()
    {
        if (!_world.IsDraining && _world.Now >= _chaosUntil)
        {
            _world.BeginDrain();
            _pool.WakeAll();
        }

        _sales.Arrive();
        _dashboard.Act();
        _timetable.Ring();
        _pool.Suffer();
        if (_world.Happens(_world.Faults.RecoveryByHand))
            _timetable.RecoverByHand();
        if (_world.Happens(_world.Faults.SiteDown))
        {
            var site = _world.Sites.Keys.ElementAt(_world.Random.Next(_world.Sites.Count));
            _world.Google.TakeDown(site, _world.Now.AddMinutes(_world.Random.Next(1, 40)));
        }

        // Now and then time goes on although somebody could act: slowness is no fault.
        if (_world.Random.Next(40) == 0 || !_pool.Step())
            PassTime();
    }

    private void PassTime()
    {
        if (_pool.IsWorking)
        {
            _pool.Advance(TimeSpan.FromMilliseconds(_world.Random.Next(3) switch { 0 => 100, 1 => 1_000, _ => 5_000 }));
            return;
        }

        var turn = _world.IsDraining ? DateTimeOffset.MaxValue : _chaosUntil;
        var change = new[] { turn, _sales.Next ?? turn, _pool.NextAwakening ?? turn }.Min();
        if (!_pool.IsBusy)
            _timetable.Skip(change);
        var next = _timetable.Next < change ? _timetable.Next : change;
        _pool.Advance(next > _world.Now ? next - _world.Now : TimeSpan.FromMilliseconds(1));
    }
}

/// <summary>What became of one seed.</summary>
/// <param name="TraceHash">Equal for two runs of a seed, or the simulation is not deterministic.</param>
/// <param name="Duplicated">Rows that were sent again although the provider had them.</param>
/// <param name="Recovered">Rows that a fault left in the air and that came through.</param>
/// <param name="TimeToRecover">In simulated time, from the end of the faults to the last row terminal.</param>
internal sealed record SeedResult(
    int Seed,
    ulong TraceHash,
    int Rows,
    int Lost,
    int Unexpected,
    int Duplicated,
    int Recovered,
    TimeSpan TimeToRecover,
    IReadOnlyList<string> Broken,
    IReadOnlyList<string> Trace);
