namespace OpsMantik.Local.GoogleEmulator;

/// <summary>What became of one order id of one customer.</summary>
/// <param name="Deliveries">How often it was sent, whatever the answer was; a repeat within one request counts.</param>
/// <param name="Counted">How often it was counted as a conversion; above 1, a sale was counted twice.</param>
public sealed record OrderTally(string CustomerId, string OrderId, int Deliveries, int Counted);
