namespace OpsMantik.Reliability.Invariants;

/// <summary>Rows and conversions counted at Google, held against each other; each list holds order ids.</summary>
/// <param name="Lost">Rows that are not COMPLETED, or are without ever having been counted.</param>
/// <param name="Unexpected">Counted without a row, or more than once.</param>
/// <param name="Duplicated">Rows that arrived more than once.</param>
/// <param name="Recovered">Rows that a claim left without an outcome, or that waited for another try, and are COMPLETED.</param>
internal sealed record Effects(
    IReadOnlyList<string> Lost,
    IReadOnlyList<string> Unexpected,
    IReadOnlyList<string> Duplicated,
    IReadOnlyList<string> Recovered)
{
    public static Effects Of(Evidence evidence)
    {
        var counted = evidence.Orders.ToLookup(order => order.OrderId);
        return new Effects(
            [.. evidence.Rows
                .Where(row => row.Value.Status != "COMPLETED" || !counted[row.Key].Any(order => order.Counted > 0))
                .Select(row => row.Key)],
            [.. counted
                .Where(orders => orders.Sum(order => order.Counted) > (evidence.Rows.ContainsKey(orders.Key) ? 1 : 0))
                .Select(orders => orders.Key)],
            [.. counted.Where(orders => orders.Sum(order => order.Deliveries) > 1).Select(orders => orders.Key)],
            [.. evidence.Rows.Where(row => row.Value is { Claims: > 1, Status: "COMPLETED" }).Select(row => row.Key)]);
    }
}
