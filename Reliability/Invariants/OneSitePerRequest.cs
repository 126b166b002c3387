namespace OpsMantik.Reliability.Invariants;

/// <summary>A request carries rows and credentials of one site only, and a site always the same account and consent.</summary>
internal sealed class OneSitePerRequest : IInvariant
{
    public Task<IReadOnlyList<string>> FindBreachesAsync(Evidence evidence)
    {
        List<string> breaches = [];
        var owners = new Dictionary<string, Guid>();
        foreach (var sent in evidence.Sent)
        {
            if (!evidence.Rows.TryGetValue(sent.OrderId, out var row))
                continue;
            if (!owners.TryAdd(sent.CustomerId, row.SiteId) && owners[sent.CustomerId] != row.SiteId)
                breaches.Add($"OneSitePerRequest: request {sent.Request} sent a row of {row.SiteId} to another's account");
            // BulkSeed numbers a site's account and consent alike.
            if (sent.RefreshToken is { } token && !token.EndsWith($"-{sent.CustomerId.TrimStart('0')}", StringComparison.Ordinal))
                breaches.Add($"OneSitePerRequest: request {sent.Request} used another site's consent");
        }

        return Task.FromResult<IReadOnlyList<string>>(breaches);
    }
}
