namespace OpsMantik.Local.GoogleEmulator.Behaviours;

/// <summary>Which behaviour the next call gets: a customer's own before the default, a queued one before the standing one.</summary>
internal sealed class BehaviourBook
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CallBehaviour> _standing = [];
    private readonly Dictionary<string, Queue<CallBehaviour>> _queued = [];

    // The default's key; no customer id is empty.
    private const string Everyone = "";

    public void Set(string? customerId, CallBehaviour behaviour)
    {
        lock (_lock)
            _standing[customerId ?? Everyone] = behaviour;
    }

    public void Enqueue(string? customerId, CallBehaviour behaviour, int times)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(times);
        lock (_lock)
        {
            if (!_queued.TryGetValue(customerId ?? Everyone, out var queue))
                _queued[customerId ?? Everyone] = queue = [];
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
            if (_queued.TryGetValue(Everyone, out var any) && any.TryDequeue(out behaviour))
                return behaviour;
            return _standing.GetValueOrDefault(customerId)
                ?? _standing.GetValueOrDefault(Everyone)
                ?? CallBehaviour.Normal;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _standing.Clear();
            _queued.Clear();
        }
    }
}
