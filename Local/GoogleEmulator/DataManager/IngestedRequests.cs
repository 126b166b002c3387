namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>
/// The accepted requests: those that wait for processing, in order, and those whose status is known. Thread-safe.
/// </summary>
internal sealed class IngestedRequests
{
    private readonly Lock _lock = new();
    private readonly Queue<IngestedRequest> _waiting = [];
    private readonly Dictionary<string, IngestedRequest> _byId = [];

    public void Add(IngestedRequest request)
    {
        lock (_lock)
        {
            _waiting.Enqueue(request);
            _byId.Add(request.RequestId, request);
        }
    }

    public IngestedRequest? Find(string requestId)
    {
        lock (_lock)
            return _byId.GetValueOrDefault(requestId);
    }

    /// <summary>No status is known any more; what waits is processed all the same, as Google would.</summary>
    public void Forget()
    {
        lock (_lock)
            _byId.Clear();
    }

    /// <summary>Processes the requests accepted until then, one after the other.</summary>
    public void Process(DateTimeOffset until, Action<IngestedRequest> process)
    {
        lock (_lock)
        {
            while (_waiting.TryPeek(out var next) && next.AcceptedAt <= until)
                process(_waiting.Dequeue());
        }
    }
}

/// <summary>An accepted request and the outcome of its processing.</summary>
internal sealed record IngestedRequest(string RequestId, DateTimeOffset AcceptedAt, IngestRequest Request)
{
    /// <summary>One per destination; null while the request is processing.</summary>
    public IReadOnlyList<DestinationOutcome>? Outcomes { get; set; }
}
