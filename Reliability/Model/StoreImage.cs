using Microsoft.Extensions.Time.Testing;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Model;

/// <summary>
/// A site's state as rows of the simulation's store, on which the store's own statements run, and what they left there as
/// a state again: the model has no statement of its own that could differ from the store's.
/// </summary>
internal sealed class StoreImage
{
    public static readonly GroupKey Group = new(new Guid("10000000-0000-0000-0000-000000000000"), "google_ads");

    public static readonly Guid[] RowIds =
        [new("20000000-0000-0000-0000-000000000000"), new("20000000-0000-0000-0000-000000000001")];

    private static readonly Guid[] Tokens =
        [Guid.Empty, new("a0000000-0000-0000-0000-000000000000"), new("b0000000-0000-0000-0000-000000000000"), new("c0000000-0000-0000-0000-000000000000")];

    private static readonly FakeTimeProvider Clock = new();

    private static readonly DateTimeOffset Now = Clock.GetUtcNow();

    // Between what five minutes and a day are: as the retry policy's after five attempts.
    private static readonly TimeSpan Retry = TimeSpan.FromMinutes(160);

    private readonly SiteState _state;

    /// <param name="youngerFirst">Which of two rows that are due alike is the older one.</param>
    public StoreImage(SiteState state, bool youngerFirst = false)
    {
        _state = state;
        Store.Put(CircuitOf(state.Circuit));
        for (var row = 0; row < SiteState.Rows; row++)
        {
            Store.Put(RowOf(row, youngerFirst ? -row : row), StoreWrite.Arrange);
            if (state.Row(row).IsLocked || state.IsInClaim(row))
                Store.Locked.Add(RowIds[row]);
        }
    }

    public MemoryStore Store { get; } = new(Clock, new Random(1));

    public static Guid TokenOf(int worker) => Tokens[(int)SiteState.HolderOf(worker)];

    /// <summary>What the statements left.</summary>
    public SiteState Read()
    {
        var reading = new StoreReading(Now, HolderOf);
        var state = _state with { Circuit = reading.Of(Store.CircuitOf(Group), _state.Circuit) };
        for (var row = 0; row < SiteState.Rows; row++)
            state = state.With(row, reading.Of(Store.Row(RowIds[row]), _state.Row(row)));
        return state;
    }

    private static Holder HolderOf(Guid? token) => (Holder)Math.Max(0, Array.IndexOf(Tokens, token ?? Guid.Empty));

    private QueueRow RowOf(int index, int age)
    {
        var row = _state.Row(index);
        var processing = row.Phase == RowPhase.Processing;
        return new QueueRow
        {
            Id = RowIds[index],
            Group = Group,
            SaleId = RowIds[index],
            Gclid = "click",
            ConversionTime = Now.AddDays(-2),
            CreatedAt = Now.AddDays(-1).AddSeconds(age),
            Status = row.Phase switch
            {
                RowPhase.Processing => RowStatus.Processing,
                RowPhase.Completed => RowStatus.Completed,
                RowPhase.Failed => RowStatus.Failed,
                _ => RowStatus.Queued,
            },
            RetryCount = StoreReading.AttemptsBefore + row.Attempts,
            ClaimCount = 2,
            NextRetryAt = row.Wait switch
            {
                Wait.Later => Now + Retry,
                Wait.Probe => Now.AddMinutes(5.5),
                Wait.Day => Now.AddDays(1),
                _ => null,
            },
            LastError = row.Wait >= Wait.Probe ? "CIRCUIT_OPEN" : null,
            ClaimToken = processing ? Tokens[(int)row.Holder] : null,
            ClaimedAt = processing ? Now.AddMinutes(-MinutesSinceClaim(row)) : null,
        };
    }

    private int MinutesSinceClaim(ModelRow row) => row.Holder switch
    {
        Holder.A => Minutes(_state.A.Age),
        Holder.B => Minutes(_state.B.Age),
        _ => row.IsAbandoned ? Minutes(ClaimAge.Abandoned) : 0,
    };

    private static int Minutes(ClaimAge age) => age switch
    {
        ClaimAge.Fresh => 1,
        ClaimAge.Expired => 11,
        _ => 16,
    };

    private static Circuit CircuitOf(ModelCircuit circuit) => new(Group)
    {
        State = circuit.State,
        FailureCount = StoreReading.FailuresBefore + circuit.Failures,
        ProbeLimit = StoreReading.ProbeLimit,
        NextProbeAt = circuit switch
        {
            { State: not CircuitState.Open } => null,
            { IsIsolated: true } => DateTimeOffset.MaxValue,
            { Probe: Probe.Later } => Now.AddMinutes(5),
            _ => Now.AddMinutes(-1),
        },
        ProbeToken = circuit.Holder == Holder.Nobody ? null : Tokens[(int)circuit.Holder],
        ProbeLeaseUntil = circuit.Holder == Holder.Nobody ? null : Now.AddMinutes(circuit.IsLeased ? 5 : -1),
    };
}
