namespace OpsMantik.Core.Providers.GoogleAds.OAuth;

/// <summary>One credential's current token. However many ask at once, one fetch answers them all.</summary>
internal sealed class TokenSlot(Func<Task<TokenAnswer>> fetch, TimeProvider time)
{
    private readonly Lock _lock = new();
    private AccessToken? _token;
    private Task<TokenAnswer>? _fetch;

    /// <param name="refused">A token that Google has just refused, and that must not be handed out again.</param>
    /// <param name="cancellationToken">Ends the caller's wait; the shared fetch goes on.</param>
    public Task<TokenAnswer> GetAsync(string? refused, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_token is { } token && token.Value != refused && token.UsableUntil > time.GetUtcNow())
            {
                return Task.FromResult(new TokenAnswer(token, null, FromCache: true));
            }

            if (_fetch is not { IsCompleted: false })
            {
                _fetch = FetchAsync();
            }

            return _fetch.WaitAsync(cancellationToken);
        }
    }

    private async Task<TokenAnswer> FetchAsync()
    {
        var answer = await fetch().ConfigureAwait(false);
        lock (_lock)
        {
            _token = answer.Token ?? _token;
        }

        return answer;
    }
}
