using System.Collections.Concurrent;
using OpsMantik.Local.GoogleEmulator.DataManager;
using OpsMantik.Local.GoogleEmulator.Uploads;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>Everything received and counted since the start or the last reset.</summary>
internal sealed class Recording(EmulatorSettings settings)
{
    private readonly ConcurrentQueue<AcceptedConversion> _accepted = new();
    private readonly ConcurrentQueue<UploadCall> _calls = new();
    private readonly ConcurrentQueue<IngestCall> _ingestCalls = new();
    private readonly ConcurrentQueue<StatusCall> _statusCalls = new();
    private readonly ConcurrentQueue<TokenCall> _tokenCalls = new();
    private readonly ConcurrentDictionary<string, CustomerLedger> _ledgers = new();
    private long _acceptedCount;

    public IReadOnlyList<AcceptedConversion> Accepted => [.. _accepted];

    public IReadOnlyList<UploadCall> Calls => [.. _calls];

    public IReadOnlyList<IngestCall> IngestCalls => [.. _ingestCalls];

    public IReadOnlyList<StatusCall> StatusCalls => [.. _statusCalls];

    public IReadOnlyList<TokenCall> TokenCalls => [.. _tokenCalls];

    public IReadOnlyList<OrderTally> Orders => [.. _ledgers.Values.SelectMany(ledger => ledger.Tallies)];

    public IngestedRequests Ingested { get; } = new();

    public ProjectQuotas Quotas { get; } = new();

    public long AcceptedCount => Interlocked.Read(ref _acceptedCount);

    public void Add(AcceptedConversion conversion)
    {
        Interlocked.Increment(ref _acceptedCount);
        if (settings.KeepAccepted)
            _accepted.Enqueue(conversion);
    }

    public void Add(UploadCall call) => _calls.Enqueue(call);

    public void Add(IngestCall call) => _ingestCalls.Enqueue(call);

    public void Add(StatusCall call) => _statusCalls.Enqueue(call);

    public void Add(TokenCall call) => _tokenCalls.Enqueue(call);

    public CustomerLedger LedgerOf(string customerId) =>
        _ledgers.GetOrAdd(customerId, static id => new CustomerLedger(id));
}
