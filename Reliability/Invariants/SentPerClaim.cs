namespace OpsMantik.Reliability.Invariants;

/// <summary>
/// A claim sends its rows once: nothing arrives more often than it was claimed. So without a fault nothing is sent
/// twice, and a crash repeats the batches in flight and no others.
/// </summary>
internal sealed class SentPerClaim : IInvariant
{
    public Task<IReadOnlyList<string>> FindBreachesAsync(Evidence evidence) => Task.FromResult<IReadOnlyList<string>>(
    [
        .. from sent in evidence.Sent
           where !sent.TurnedAway
           group sent by sent.OrderId into times
           let row = evidence.Rows.GetValueOrDefault(times.Key)
           where row is not null && times.Count() > row.Claims
           select $"SentPerClaim: {times.Key} was claimed {row.Claims} times and sent {times.Count()} times",
    ]);
}
