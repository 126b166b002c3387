using OpsMantik.Core.Confirmations;
using OpsMantik.Core.Queue;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Functions.Tests.Queue.Contract;

/// <summary>A store that must keep the contract: how a test arranges it, lets its time pass, and looks at it.</summary>
internal interface IStoreUnderTest : IAsyncDisposable
{
    IConfirmationStore Confirmations { get; }

    Task OpenAsync();

    IConversionQueue NewQueue(int seed);

    Task AddSiteAsync(Guid id);

    Task EnqueueAsync(QueueRow row);

    /// <summary>Sets status, counts, next try and place of a row.</summary>
    Task ArrangeAsync(QueueRow row);

    /// <summary>Sets state, failures, next probe and probe limit of a group.</summary>
    Task ArrangeAsync(Circuit circuit);

    /// <summary>Lets the store's time pass.</summary>
    Task AdvanceAsync(TimeSpan time);

    Task<DateTimeOffset> NowAsync();

    Task<QueueRow> RowAsync(Guid id);

    Task<Circuit> CircuitAsync(GroupKey group);

    Task<RequestRow> RequestAsync(GroupKey group, string requestId);

    Task<Counters> CountersAsync(GroupKey group);

    /// <summary>STARTED and FINISHED lines of a group, in no order.</summary>
    Task<IReadOnlyList<LedgerLine>> LedgerAsync(GroupKey group);
}
