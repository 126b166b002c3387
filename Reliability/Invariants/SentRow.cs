namespace OpsMantik.Reliability.Invariants;

/// <summary>A conversion in a request that reached the emulator, counted or not.</summary>
/// <param name="Request">The request's place in the order of arrival.</param>
/// <param name="TurnedAway">The request was answered 401: Google took nothing of it.</param>
internal sealed record SentRow(
    int Request, string CustomerId, string? RefreshToken, bool TurnedAway, string OrderId, string ClickId,
    DateTimeOffset Time);
