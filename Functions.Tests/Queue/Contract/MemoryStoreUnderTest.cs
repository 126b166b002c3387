using Microsoft.Extensions.Time.Testing;
using OpsMantik.Core.Confirmations;
using OpsMantik.Core.Corrections;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Vault;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Functions.Tests.Queue.Contract;

/// <summary>The simulation's store.</summary>
internal sealed class MemoryStoreUnderTest : IStoreUnderTest
{
    private readonly FakeTimeProvider _clock = new();
    private readonly MemoryStore _store;

    public MemoryStoreUnderTest()
    {
        _store = new MemoryStore(_clock, new Random(1));
        Confirmations = new MemoryConfirmations(_store);
    }

    public IConfirmationStore Confirmations { get; }

    public Task OpenAsync() => Task.CompletedTask;

    public IConversionQueue NewQueue(int seed) => new MemoryQueue(_store, new Random(seed));

    public ICorrectionStore NewCorrections(int seed) => new MemoryCorrections(_store, new Random(seed));

    public Task ChangeSaleAsync(Guid row, bool toggles, long? cents)
    {
        var sale = _store.Sale(_store.Row(row).SaleId);
        _store.ChangeSale(sale with { IsCanceled = sale.IsCanceled != toggles, Value = sale.Value with { Cents = cents ?? sale.Value.Cents } });
        return Task.CompletedTask;
    }

    public Task<string> CorrectionsAsync(Guid row) => Task.FromResult(string.Join(", ", _store.CorrectionsOf(row)
        .OrderBy(each => each.CorrectedAt)
        .Select(each => $"{(each.IsRetraction ? "RETRACT" : $"RESTATE {each.Value!.Value.Cents}")} {each.Status.ToString().ToUpperInvariant()} "
            + $"{each.ErrorCode} claims {each.ClaimCount} attempts {each.RetryCount}")));

    public Task AddSiteAsync(Guid id)
    {
        _store.Credentials[new GroupKey(id, "google_ads")] = new SealedCredential("sealed", "fingerprint");
        return Task.CompletedTask;
    }

    public Task EnqueueAsync(QueueRow row) => PutAsync(row);

    public Task ArrangeAsync(QueueRow row) => PutAsync(row);

    public Task ArrangeAsync(Circuit circuit)
    {
        _store.Put(circuit);
        return Task.CompletedTask;
    }

    public Task AdvanceAsync(TimeSpan time)
    {
        _clock.Advance(time);
        return Task.CompletedTask;
    }

    public Task AgeClaimAsync(Guid row, TimeSpan by)
    {
        var claimed = _store.Row(row);
        return PutAsync(claimed with { ClaimedAt = claimed.ClaimedAt - by });
    }

    public Task LapseLeaseAsync(GroupKey group) =>
        ArrangeAsync(_store.CircuitOf(group) with { ProbeLeaseUntil = _store.Now.AddMinutes(-1) });

    public Task CloseAsync(GroupKey group)
    {
        _store.Close(group);
        _store.FreeHeld(group, isolated: false);
        return Task.CompletedTask;
    }

    public Task OpenAsync(GroupKey group, bool isolate)
    {
        _store.Open(group, isolate);
        if (!isolate)
            _store.FreeHeld(group, isolated: true);
        return Task.CompletedTask;
    }

    public Task RequeueAsync(GroupKey group)
    {
        _store.Requeue(group, RowStatus.Failed);
        return Task.CompletedTask;
    }

    public Task LockAsync(Guid row)
    {
        _store.Locked.Add(row);
        return Task.CompletedTask;
    }

    public Task UnlockAsync(Guid row)
    {
        _store.Locked.Remove(row);
        return Task.CompletedTask;
    }

    public Task<DateTimeOffset> NowAsync() => Task.FromResult(_store.Now);

    public Task<QueueRow> RowAsync(Guid id) => Task.FromResult(_store.Row(id));

    public Task<Circuit> CircuitAsync(GroupKey group) => Task.FromResult(_store.CircuitOf(group));

    public Task<RequestRow> RequestAsync(GroupKey group, string requestId) =>
        Task.FromResult(_store.Request(group, requestId)!);

    public Task<Counters> CountersAsync(GroupKey group) => Task.FromResult(_store.Counters.GetValueOrDefault(group));

    public Task<IReadOnlyList<LedgerLine>> LedgerAsync(GroupKey group) =>
        Task.FromResult<IReadOnlyList<LedgerLine>>([.. _store.Ledger.Where(line => line.Group == group)]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task PutAsync(QueueRow row)
    {
        _store.Put(row, StoreWrite.Arrange);
        return Task.CompletedTask;
    }
}
