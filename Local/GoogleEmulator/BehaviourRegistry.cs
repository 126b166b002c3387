namespace OpsMantik.Local.GoogleEmulator;

/// <summary>Which behaviour the next call gets: a queued one before one that was set, a customer's own before the default.</summary>
internal sealed class BehaviourRegistry
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CallBehaviour> _current = [];
    private readonly Dictionary<string, Queue<CallBehaviour>> _queued = [];

    // The default's key; no customer id is empty.
    private const string AnyCustomer = "";

    public void Set(string? customerId, CallBehaviour behaviour)
    {
        lock (_lock)
            _current[customerId ?? AnyCustomer] = behaviour;
    }

    public void Enqueue(string? customerId, CallBehaviour behaviour, int times)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(times);
        lock (_lock)
        {
            if (!_queued.TryGetValue(customerId ?? AnyCustomer, out var queue))
                _queued[customerId ?? AnyCustomer] = queue = [];
            for (var i = 0; i < times; i++)
                queue.Enqueue(behaviour);
        }
    }

    public CallBehaviour Next(string customerId)
    {
        lock (_lock)
        {
            if (_queued.TryGetValue(customerId, out var own) && own.TryDequeue(out var behaviour))
                return behaviour;
            if (_queued.TryGetValue(AnyCustomer, out var any) && any.TryDequeue(out behaviour))
                return behaviour;
            return _current.GetValueOrDefault(customerId)
                ?? _current.GetValueOrDefault(AnyCustomer)
                ?? CallBehaviour.Normal;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _current.Clear();
            _queued.Clear();
        }
    }
}
