using OpsMantik.Core.Confirmations;
using OpsMantik.Core.Corrections;
using OpsMantik.Core.Queue;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Functions.Tests.Queue.Contract;

/// <summary>A store that must keep the contract: how a test arranges it, lets its time pass, and looks at it.</summary>
internal interface IStoreUnderTest : IAsyncDisposable
{
    IConfirmationStore Confirmations { get; }

    Task OpenAsync();

    IConversionQueue NewQueue(int seed);

    ICorrectionStore NewCorrections(int seed);

    /// <summary>As the dashboard updates the sale of a row.</summary>
    /// <param name="toggles">Cancels it, or confirms it again.</param>
    /// <param name="cents">Its new amount; null for the one it has.</param>
    Task ChangeSaleAsync(Guid row, bool toggles, long? cents);

    /// <summary>The corrections of a row by their moments, in words.</summary>
    Task<string> CorrectionsAsync(Guid row);

    Task AddSiteAsync(Guid id);

    Task EnqueueAsync(QueueRow row);

    /// <summary>Sets status, counts, next try and place of a row.</summary>
    Task ArrangeAsync(QueueRow row);

    /// <summary>Sets state, failures, next probe and probe limit of a group.</summary>
    Task ArrangeAsync(Circuit circuit);

    /// <summary>Lets the store's time pass.</summary>
    Task AdvanceAsync(TimeSpan time);

    /// <summary>Makes the claim of a row older.</summary>
    Task AgeClaimAsync(Guid row, TimeSpan by);

    /// <summary>Ends the lease of a group's probe by its time.</summary>
    Task LapseLeaseAsync(GroupKey group);

    /// <summary>As the operator's commands, with what frees the held rows.</summary>
    Task CloseAsync(GroupKey group);

    /// <inheritdoc cref="CloseAsync"/>
    Task OpenAsync(GroupKey group, bool isolate);

    /// <summary>What failed.</summary>
    Task RequeueAsync(GroupKey group);

    /// <summary>Another session holds the row until it is unlocked.</summary>
    Task LockAsync(Guid row);

    Task UnlockAsync(Guid row);

    Task<DateTimeOffset> NowAsync();

    Task<QueueRow> RowAsync(Guid id);

    Task<Circuit> CircuitAsync(GroupKey group);

    Task<RequestRow> RequestAsync(GroupKey group, string requestId);

    Task<Counters> CountersAsync(GroupKey group);

    /// <summary>STARTED and FINISHED lines of a group, in no order.</summary>
    Task<IReadOnlyList<LedgerLine>> LedgerAsync(GroupKey group);
}
