using Microsoft.Extensions.Time.Testing;
using OpsMantik.Reliability.Simulation.Google;
using OpsMantik.Reliability.Simulation.Invariants;
using OpsMantik.Reliability.Simulation.Store;
using OpsMantik.Reliability.Simulation.Workers;

namespace OpsMantik.Reliability.Simulation;

/// <summary>Everything in one simulated world, and the one source of chance that decides all of it.</summary>
internal sealed class World
{
    public const string Provider = "google_ads";

    private readonly FaultPlan _plan;
    private readonly FakeTimeProvider _clock = new();
    private readonly Dictionary<Guid, SimulatedSale> _sales = [];
    private DateTimeOffset? _drainBegan;

    public World(int seed, bool keepTrace)
    {
        Random = new Random(seed);
        Trace = new Trace(keepTrace);
        _plan = FaultPlan.Draw(Random);
        Store = new MemoryStore(_clock, Random);
        Google = new SimulatedGoogle(_sales);
        MaxBatchSize = Random.Next(2, 12);
        InvariantChecks = new InvariantChecks(this);
        Store.Watcher = InvariantChecks;
        Sites = Random.GetItems(SimulatedSite.All, 3).Distinct().ToDictionary(site => site.Id);
        foreach (var site in Sites.Values)
            site.Prepare(this);
    }

    public Random Random { get; }

    public Trace Trace { get; }

    public MemoryStore Store { get; }

    public SimulatedGoogle Google { get; }

    public InvariantChecks InvariantChecks { get; }

    public int MaxBatchSize { get; }

    public IReadOnlyDictionary<Guid, SimulatedSite> Sites { get; }

    public IReadOnlyDictionary<Guid, SimulatedSale> Sales => _sales;

    public DateTimeOffset Now => Store.Now;

    /// <summary>The faults of this moment: none once the drain has begun.</summary>
    public FaultPlan Faults => IsDraining ? FaultPlan.None : _plan;

    /// <summary>Whether anything was ever to go wrong.</summary>
    public bool HasFaults => _plan != FaultPlan.None;

    public bool IsDraining => _drainBegan is not null;

    public TimeSpan DrainingFor => _drainBegan is { } began ? Now - began : TimeSpan.Zero;

    public TimeSpan RecoveryInterval { get; } = TimeSpan.FromMinutes(30);

    public bool Happens(double probability) => probability > 0 && Random.NextDouble() < probability;

    public void BeginDrain()
    {
        _drainBegan = Now;
        Google.BringBack();
        foreach (var site in Sites.Values)
            site.Mend(this);
    }

    public void Advance(TimeSpan time)
    {
        _clock.Advance(time);
        InvariantChecks.TimePassed();
    }

    public void Enqueue(SimulatedSale sale, QueueRow row)
    {
        _sales.Add(sale.RowId, sale);
        Store.Put(row, StoreWrite.Enqueue);
    }

    /// <summary>When it will be known what became of a request that is accepted now.</summary>
    public DateTimeOffset DrawSettlement() =>
        Now + (HasFaults && Random.Next(10) == 0 ? TimeSpan.FromDays(9) : TimeSpan.FromMinutes(Random.Next(1, 300)));

    /// <summary>One call of the store: it may be refused, happen, and lose its acknowledgement.</summary>
    public async Task<T> CallStoreAsync<T>(SimulatedRun run, string name, Func<Task<T>> call, Func<T, int> size)
    {
        await Task.Yield();
        if (Happens(Faults.StoreRefuses))
            throw Failure("refused");
        var answer = await call();
        Trace.Add(Now, name, run.Worker.Number, size(answer));
        await Task.Yield();
        return Happens(Faults.AcknowledgementLost) ? throw Failure("no acknowledgement") : answer;
    }

    /// <summary>The way to the provider: a moment, or some seconds.</summary>
    public async Task LatencyAsync(SimulatedRun run, CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (Happens(0.3))
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Next(20_000)), run.Worker.Clock, cancellationToken);
    }

    private SimulatedStoreException Failure(string message) => new(message, transient: Random.Next(4) > 0);
}
