using OpsMantik.Local.GoogleEmulator.DataManager;

namespace OpsMantik.Local.GoogleEmulator;

/// <content>
/// The Data Manager API. Its events are counted into the same ledger as the rows of <c>uploadClickConversions</c>: a
/// transaction id is an order id, compared as it was sent. A client that prefixes the one must prefix the other.
/// </content>
public sealed partial class GoogleEmulator
{
    private readonly DataManagerSettings _dataManager = new();

    /// <summary>Where <c>v1/events:ingest</c> and <c>v1/requestStatus:retrieve</c> are.</summary>
    public Uri DataManagerBaseAddress => BaseAddress;

    /// <summary>The calls of <c>events:ingest</c>, in order of arrival. Each read copies.</summary>
    public IReadOnlyList<IngestCall> IngestCalls => _recording.IngestCalls;

    /// <summary>The calls of <c>requestStatus:retrieve</c>, in order of arrival. Each read copies.</summary>
    public IReadOnlyList<StatusCall> StatusCalls => _recording.StatusCalls;

    /// <summary>
    /// How long a request is PROCESSING before its events are counted, on the given clock; 2 seconds unless set. Holds
    /// for requests already taken in, too.
    /// </summary>
    public TimeSpan ProcessingDelay
    {
        get => _dataManager.ProcessingDelay;
        set => _dataManager.ProcessingDelay = value;
    }

    /// <summary>Whether requests stay PROCESSING and uncounted for as long as this is set; false unless set.</summary>
    public bool NeverFinish
    {
        get => _dataManager.NeverFinish;
        set => _dataManager.NeverFinish = value;
    }

    /// <summary>Whether a status tells which events failed, as since v1.9, or only how many; true unless set.</summary>
    public bool StatusWithIndices
    {
        get => _dataManager.StatusWithIndices;
        set => _dataManager.StatusWithIndices = value;
    }

    /// <summary>
    /// Whether a violation's path starts with <c>events.events[3]</c>, as in an example of Google's guide to errors,
    /// instead of <c>events[3]</c>; false unless set.
    /// </summary>
    public bool NestedEventPaths
    {
        get => _dataManager.NestedEventPaths;
        set => _dataManager.NestedEventPaths = value;
    }

    /// <summary>
    /// Requests a project may send in a minute, reads and writes apart; null, as at the start: no limit. A project is
    /// an OAuth client id, or the domain of a service account.
    /// </summary>
    public int? RequestsPerMinute
    {
        get => _dataManager.RequestsPerMinute;
        set => _dataManager.RequestsPerMinute = value;
    }

    /// <summary>The same for a day of UTC.</summary>
    public int? RequestsPerDay
    {
        get => _dataManager.RequestsPerDay;
        set => _dataManager.RequestsPerDay = value;
    }

    /// <summary>From now on no request id given out so far is known; their events are counted all the same.</summary>
    public void ForgetRequests() => _recording.Ingested.Forget();
}
