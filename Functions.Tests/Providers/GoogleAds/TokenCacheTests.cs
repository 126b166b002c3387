using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Functions.Tests.Providers.GoogleAds;

public class TokenCacheTests
{
    [Test]
    public void A_full_cache_forgets_what_was_asked_for_longest_ago()
    {
        var made = 0;
        var cache = new TokenCache(2, () =>
        {
            made++;
            return new TokenSlot(TimeProvider.System);
        });

        var before = new[] { "a", "b", "a", "c", "a", "b" }.Select(id =>
        {
            var known = made;
            cache.Get(new OAuthClient(id, "CANARY-secret", "CANARY-refresh"));
            return made > known ? id : "";
        });

        Assert.That(before, Is.EqualTo(new[] { "a", "b", "", "c", "", "b" }));
    }

    /// <summary>The secrets of a site are in memory while a token is fetched, and not for as long as the worker lives.</summary>
    [Test]
    public async Task What_a_token_was_given_for_is_not_kept_with_it()
    {
        var cache = new TokenCache(2, () => new TokenSlot(TimeProvider.System));

        var grant = await FetchAsync(cache);
        for (var attempt = 0; attempt < 50 && grant.IsAlive; attempt++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(10);
        }

        Assert.That(grant.IsAlive, Is.False);
        GC.KeepAlive(cache);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> FetchAsync(TokenCache cache)
    {
        var grant = new OAuthClient("a", "CANARY-secret", "CANARY-refresh");
        var answer = await cache.Get(grant).GetAsync(
            async () =>
            {
                await Task.Yield();
                return grant.Secrets.Count == 2 ? new TokenAnswer(new AccessToken("CANARY-access", DateTimeOffset.MaxValue), null) : null!;
            },
            null,
            CancellationToken.None);
        Assert.That(answer.Token, Is.Not.Null);
        return new WeakReference(grant);
    }

    [Test]
    public void A_cache_key_gives_no_secret_away_and_tells_trios_apart()
    {
        var key = new OAuthClient("a", "CANARY-b", "c").Fingerprint();

        Assert.That(key, Does.Match("^[0-9A-F]{64}$"));
        Assert.That(new OAuthClient("aC", "ANARY-b", "c").Fingerprint(), Is.Not.EqualTo(key));
    }
}
