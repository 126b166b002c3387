using OpsMantik.Core.Providers;
using OpsMantik.Core.Vault;

namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>
/// The worker's tables in memory, with a clock of their own. Not for several threads: like a transaction, what runs here
/// runs alone. That it behaves as PostgreSQL does is held by the contract's tests, which run over both.
/// </summary>
/// <param name="random">Spreads probes and deferred rows, as the database's own random() does.</param>
internal sealed class MemoryStore(TimeProvider clock, Random random)
{
    private readonly Dictionary<Guid, QueueRow> _rows = [];
    private readonly Dictionary<GroupKey, List<Guid>> _rowsByGroup = [];
    private readonly Dictionary<GroupKey, Circuit> _circuits = [];
    private readonly Dictionary<(GroupKey, string), RequestRow> _requests = [];
    private readonly Dictionary<GroupKey, Counters> _counters = [];
    private readonly List<LedgerLine> _ledger = [];
    private readonly Dictionary<Guid, SaleRow> _sales = [];
    private readonly SortedDictionary<int, CorrectionRow> _corrections = [];

    public IStoreObserver? Watcher { get; set; }

    public DateTimeOffset Now => clock.GetUtcNow();

    public Random Random => random;

    public IReadOnlyCollection<QueueRow> Rows => _rows.Values;

    public IReadOnlyCollection<Circuit> Circuits => _circuits.Values;

    public IReadOnlyCollection<RequestRow> Requests => _requests.Values;

    public IReadOnlyDictionary<GroupKey, Counters> Counters => _counters;

    public IReadOnlyList<LedgerLine> Ledger => _ledger;

    /// <summary>Rows that another session's open transaction holds: what skips locked rows skips them.</summary>
    public HashSet<Guid> Locked { get; } = [];

    /// <summary>Rows of <c>sale_changes_missed</c>.</summary>
    public HashSet<Guid> MissedSales { get; } = [];

    /// <summary>The newest correction's place among all that there ever were.</summary>
    public int CorrectionOrder { get; private set; }

    /// <summary>In the order in which they came to be.</summary>
    public IReadOnlyCollection<CorrectionRow> Corrections => _corrections.Values;

    /// <summary>
    /// Whether a change of a sale is still to be told. Of a row that failed a correction waits for whoever re-queues it.
    /// </summary>
    public bool HasWork => MissedSales.Count > 0 || Corrections.Any(each => each.IsUnderWay || (each.IsWaiting
        && (Row(each.RowId) is { Status: not RowStatus.Failed } or { ErrorCode: MemorySales.Canceled })));

    /// <summary>Its row is counted, or canceled after it may have been.</summary>
    public bool MayCorrect(CorrectionRow correction) => Row(correction.RowId)
        is { Status: RowStatus.Completed } or { Status: RowStatus.Failed, ErrorCode: MemorySales.Canceled };

    /// <summary>Active credentials.</summary>
    public Dictionary<GroupKey, SealedCredential> Credentials { get; } = [];

    /// <summary>The groups that have rows, in the order of the index.</summary>
    public IEnumerable<GroupKey> Groups(string providerKey) =>
        _rowsByGroup.Keys.Where(group => group.ProviderKey == providerKey).OrderBy(group => group.SiteId);

    public QueueRow Row(Guid id) => _rows[id];

    public IEnumerable<QueueRow> RowsOf(GroupKey group) => _rowsByGroup[group].Select(id => _rows[id]);

    public Circuit CircuitOf(GroupKey group) => _circuits.GetValueOrDefault(group) ?? new Circuit(group);

    public void Put(QueueRow row, StoreWrite by, Guid? token = null)
    {
        var before = _rows.GetValueOrDefault(row.Id);
        if (before is null)
        {
            if (!_rowsByGroup.TryGetValue(row.Group, out var group))
                _rowsByGroup[row.Group] = group = [];
            group.Add(row.Id);
        }

        _rows[row.Id] = row;
        Watcher?.RowChanged(before, row, by, token);
    }

    public void Put(Circuit circuit)
    {
        var before = CircuitOf(circuit.Group);
        _circuits[circuit.Group] = circuit;
        if (before != circuit)
            Watcher?.CircuitChanged(before, circuit);
    }

    public void Put(RequestRow request) => _requests[(request.Group, request.RequestId)] = request;

    public RequestRow? Request(GroupKey group, string requestId) => _requests.GetValueOrDefault((group, requestId));

    /// <summary>One that was not put here is as its row was queued.</summary>
    public SaleRow Sale(Guid id) => _sales.GetValueOrDefault(id) ?? new SaleRow(id, IsCanceled: false, SaleValue.Usual);

    public void Put(SaleRow sale) => _sales[sale.Id] = sale;

    public CorrectionRow? Correction(Guid id) => _corrections.GetValueOrDefault(OrderOf(id));

    public IEnumerable<CorrectionRow> CorrectionsOf(Guid row) => _corrections.Values.Where(each => each.RowId == row);

    public Guid NextCorrectionId() => new(++CorrectionOrder, 3, 0, [0, 0, 0, 0, 0, 0, 0, 0]);

    public void Put(CorrectionRow correction, StoreWrite by, Guid? token = null)
    {
        var before = Correction(correction.Id);
        _corrections[correction.Order] = correction;
        Watcher?.CorrectionChanged(before, correction, by, token);
    }

    public void Remove(CorrectionRow correction) => _corrections.Remove(correction.Order);

    private static int OrderOf(Guid correction) => BitConverter.ToInt32(correction.ToByteArray(), 0);

    public void Count(GroupKey group, Counters delta) =>
        _counters[group] = _counters.GetValueOrDefault(group) + delta;

    public void Add(LedgerLine line) => _ledger.Add(line);
}

/// <summary>Sees every change of the store as it happens.</summary>
internal interface IStoreObserver
{
    /// <param name="before">Null for a new row.</param>
    /// <param name="token">The claim or lease that the statement named; null where it names none.</param>
    void RowChanged(QueueRow? before, QueueRow after, StoreWrite by, Guid? token);

    void CircuitChanged(Circuit before, Circuit after);

    /// <param name="before">Null for a new one.</param>
    /// <param name="token">The claim that the statement named; null where it names none.</param>
    void CorrectionChanged(CorrectionRow? before, CorrectionRow after, StoreWrite by, Guid? token);
}

/// <summary>Which statement changed a row.</summary>
internal enum StoreWrite
{
    Enqueue,
    Defer,
    Claim,
    WriteBack,
    Release,
    Shift,
    Recover,
    Settle,
    Operator,
    Sale,
    Arrange,
}

/// <summary>A row of <c>provider_upload_attempts</c>.</summary>
/// <param name="Finished">Its phase: FINISHED, else STARTED.</param>
/// <param name="Rows">Its claimed_count.</param>
internal sealed record LedgerLine(
    Guid BatchId,
    GroupKey Group,
    bool Finished,
    int Rows,
    int Completed,
    int Failed,
    int Retry,
    int Submitted,
    string? ErrorCode,
    ErrorCategory? ErrorCategory);

/// <summary>A row of <c>provider_upload_metrics</c> at one moment.</summary>
internal readonly record struct Counters(long Attempts, long Completed, long Failed, long Retry, long Submitted)
{
    public static Counters operator +(Counters left, Counters right) => new(
        left.Attempts + right.Attempts,
        left.Completed + right.Completed,
        left.Failed + right.Failed,
        left.Retry + right.Retry,
        left.Submitted + right.Submitted);
}

/// <summary>A (site, provider), in the database's order.</summary>
internal readonly record struct GroupKey(Guid SiteId, string ProviderKey);
