using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Functions.Tests.Providers.GoogleAds;

public class TokenCacheTests
{
    [Test]
    public void A_full_cache_forgets_what_was_asked_for_longest_ago()
    {
        var made = new List<string>();
        var cache = new TokenCache(2, grant =>
        {
            made.Add(((OAuthClient)grant).ClientId);
            return new TokenSlot(() => throw new InvalidOperationException(), TimeProvider.System);
        });

        foreach (var id in new[] { "a", "b", "a", "c", "a", "b" })
        {
            cache.Get(new OAuthClient(id, "CANARY-secret", "CANARY-refresh"));
        }

        Assert.That(made, Is.EqualTo(new[] { "a", "b", "c", "b" }));
    }

    [Test]
    public void A_cache_key_gives_no_secret_away_and_tells_trios_apart()
    {
        var key = new OAuthClient("a", "CANARY-b", "c").Fingerprint();

        Assert.That(key, Does.Match("^[0-9A-F]{64}$"));
        Assert.That(new OAuthClient("aC", "ANARY-b", "c").Fingerprint(), Is.Not.EqualTo(key));
    }
}
