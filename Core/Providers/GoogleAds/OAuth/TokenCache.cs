namespace OpsMantik.Core.Providers.GoogleAds.OAuth;

/// <summary>A bounded set of slots by key; a full one forgets the key that was asked for longest ago.</summary>
internal sealed class TokenCache(int capacity, Func<ITokenGrant, TokenSlot> create)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, TokenSlot Slot)>> _nodes = [];
    private readonly LinkedList<(string Key, TokenSlot Slot)> _byUse = [];

    public TokenSlot Get(ITokenGrant grant)
    {
        var key = grant.Fingerprint();
        lock (_lock)
        {
            if (_nodes.TryGetValue(key, out var node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return node.Value.Slot;
            }

            if (_nodes.Count == capacity)
            {
                _nodes.Remove(_byUse.Last!.Value.Key);
                _byUse.RemoveLast();
            }

            _nodes[key] = _byUse.AddFirst((key, create(grant)));
            return _nodes[key].Value.Slot;
        }
    }
}
