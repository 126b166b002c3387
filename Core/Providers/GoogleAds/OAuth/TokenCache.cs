namespace OpsMantik.Core.Providers.GoogleAds.OAuth;

/// <summary>A bounded set of slots by key; a full one forgets the key that was asked for longest ago.</summary>
internal sealed class TokenCache(int capacity, Func<TokenSlot> create)
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

            _nodes[key] = _byUse.AddFirst((key, create()));
            return _nodes[key].Value.Slot;
        }
    }
}

/// <summary>
/// One credential's current token. However many ask at once, one fetch answers them all. It keeps the token alone, and nothing of
/// what the token was given for: that comes with each question.
/// </summary>
internal sealed class TokenSlot(TimeProvider time)
{
    private readonly Lock _lock = new();
    private AccessToken? _token;
    private Task<TokenAnswer>? _fetch;

    /// <param name="fetch">Asks Google.</param>
    /// <param name="refused">A token that Google has just refused, and that must not be handed out again.</param>
    /// <param name="cancellationToken">Ends the caller's wait; the shared fetch goes on.</param>
    public Task<TokenAnswer> GetAsync(Func<Task<TokenAnswer>> fetch, string? refused, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_token is { } token && token.Value != refused && token.UsableUntil > time.GetUtcNow())
            {
                return Task.FromResult(new TokenAnswer(token, null, FromCache: true));
            }

            if (_fetch is not { IsCompleted: false })
            {
                _fetch = FetchAsync(fetch);
            }

            return _fetch.WaitAsync(cancellationToken);
        }
    }

    private async Task<TokenAnswer> FetchAsync(Func<Task<TokenAnswer>> fetch)
    {
        var answer = await fetch().ConfigureAwait(false);
        lock (_lock)
        {
            _token = answer.Token ?? _token;
        }

        return answer;
    }
}

/// <summary>A bearer token and the moment from which it is no longer used. Prints itself redacted.</summary>
internal sealed record AccessToken(string Value, DateTimeOffset UsableUntil)
{
    public override string ToString() => "[redacted]";
}
