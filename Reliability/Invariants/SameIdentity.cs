namespace OpsMantik.Reliability.Invariants;

/// <summary>However often a row is sent, it carries the row's own order id, click id and time.</summary>
internal sealed class SameIdentity : IInvariant
{
    public Task<IReadOnlyList<string>> FindBreachesAsync(Evidence evidence) => Task.FromResult<IReadOnlyList<string>>(
    [
        .. from sent in evidence.Sent
           let row = evidence.Rows.GetValueOrDefault(sent.OrderId)
           where row is null
               || sent.ClickId != row.ClickId
               || sent.Time.ToUnixTimeSeconds() != row.Time.ToUnixTimeSeconds()
           select $"SameIdentity: request {sent.Request} sent order {sent.OrderId} with click {sent.ClickId} at {sent.Time:u}",
    ]);
}
