using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using OpsMantik.Local.GoogleEmulator.DataManager;
using OpsMantik.Local.GoogleEmulator.GoogleAds;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>Everything received and counted since the start or the last reset.</summary>
internal sealed class Recording(EmulatorSettings settings)
{
    private readonly ConcurrentQueue<AcceptedConversion> _accepted = new();
    private readonly ConcurrentQueue<UploadCall> _calls = new();
    private readonly ConcurrentQueue<UploadCall> _adjustmentCalls = new();
    private readonly ConcurrentQueue<IngestCall> _ingestCalls = new();
    private readonly ConcurrentQueue<StatusCall> _statusCalls = new();
    private readonly ConcurrentQueue<TokenCall> _tokenCalls = new();
    private readonly ConcurrentQueue<SearchCall> _searchCalls = new();
    private readonly ConcurrentDictionary<string, CustomerLedger> _ledgers = new();
    private readonly ConcurrentDictionary<string, UploadHistory> _histories = new();
    private long _acceptedCount;

    public IReadOnlyList<AcceptedConversion> Accepted => [.. _accepted];

    public IReadOnlyList<UploadCall> Calls => [.. _calls];

    public IReadOnlyList<UploadCall> AdjustmentCalls => [.. _adjustmentCalls];

    public IReadOnlyList<IngestCall> IngestCalls => [.. _ingestCalls];

    public IReadOnlyList<StatusCall> StatusCalls => [.. _statusCalls];

    public IReadOnlyList<TokenCall> TokenCalls => [.. _tokenCalls];

    public IReadOnlyList<SearchCall> SearchCalls => [.. _searchCalls];

    public IReadOnlyList<OrderCount> Orders => [.. _ledgers.Values.SelectMany(ledger => ledger.Orders)];

    public IReadOnlyList<ConversionState> Conversions => [.. _ledgers.Values.SelectMany(ledger => ledger.Conversions)];

    public IngestedRequests Ingested { get; } = new();

    public ProjectQuotas Quotas { get; } = new();

    public ClickTimes Clicks { get; } = new();

    /// <summary>By account, the error of every conversion with hashed identifiers: its terms or its settings do not allow them.</summary>
    public ConcurrentDictionary<string, string> IdentifierErrors { get; } = new(StringComparer.Ordinal);

    /// <summary>By account, how it is set up; one that is not here is set up as it should be.</summary>
    public ConcurrentDictionary<string, AdsAccount> Accounts { get; } = new(StringComparer.Ordinal);

    public long AcceptedCount => Interlocked.Read(ref _acceptedCount);

    public void Add(AcceptedConversion conversion)
    {
        Interlocked.Increment(ref _acceptedCount);
        if (settings.KeepAccepted)
            _accepted.Enqueue(conversion);
    }

    public void Add(UploadCall call) => _calls.Enqueue(call);

    public void AddAdjustment(UploadCall call) => _adjustmentCalls.Enqueue(call);

    public void Add(IngestCall call) => _ingestCalls.Enqueue(call);

    public void Add(StatusCall call) => _statusCalls.Enqueue(call);

    public void Add(TokenCall call) => _tokenCalls.Enqueue(call);

    public void Add(SearchCall call) => _searchCalls.Enqueue(call);

    public CustomerLedger LedgerOf(string customerId) =>
        _ledgers.GetOrAdd(customerId, static id => new CustomerLedger(id));

    public UploadHistory HistoryOf(string customerId) => _histories.GetOrAdd(customerId, static _ => new UploadHistory());
}

/// <summary>When clicks were, as far as a test has said so. Thread-safe.</summary>
internal sealed class ClickTimes
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _times = new(StringComparer.Ordinal);

    public void Set(string clickId, DateTimeOffset time) => _times[clickId] = time;

    /// <summary>Null for a click nobody told of.</summary>
    public DateTimeOffset? Find(string clickId) => _times.TryGetValue(clickId, out var time) ? time : null;
}

/// <summary>One conversion the emulator counted, as it was sent.</summary>
/// <param name="CustomerId">The account of the path, ten digits.</param>
/// <param name="ConversionAction">Resource name, <c>customers/…/conversionActions/…</c>.</param>
/// <param name="OrderId">Null when the row had none.</param>
/// <param name="ClickIdKind"><c>gclid</c>, <c>gbraid</c> or <c>wbraid</c>; null when only identifiers were sent.</param>
/// <param name="ClickIdValue">The click id itself.</param>
/// <param name="ConversionDateTime">As sent, with its offset.</param>
/// <param name="Value">In units of the currency, with the digits that were sent.</param>
/// <param name="Currency">ISO 4217; null when the row had none.</param>
/// <param name="Consent">Null when the row had none.</param>
/// <param name="UserIdentifiers">How many hashed identifiers it had.</param>
public sealed record AcceptedConversion(
    string CustomerId,
    string ConversionAction,
    string? OrderId,
    string? ClickIdKind,
    string? ClickIdValue,
    string ConversionDateTime,
    decimal? Value,
    string? Currency,
    SentConsent? Consent,
    int UserIdentifiers = 0);

/// <summary>A row's <c>consent</c> as sent; each part null when it was not there.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SentConsent(ConsentStatus? AdUserData, ConsentStatus? AdPersonalization);

/// <summary>Google's enum of the same name; upper-case on the wire.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConsentStatus>))]
public enum ConsentStatus
{
    [JsonStringEnumMemberName("UNSPECIFIED")]
    Unspecified,

    [JsonStringEnumMemberName("UNKNOWN")]
    Unknown,

    [JsonStringEnumMemberName("GRANTED")]
    Granted,

    [JsonStringEnumMemberName("DENIED")]
    Denied,
}
