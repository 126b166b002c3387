namespace OpsMantik.Reliability.Invariants;

/// <summary>A row of the queue after a scenario.</summary>
/// <param name="SaleId">Its order id at Google.</param>
/// <param name="Claims">How often it was claimed.</param>
/// <param name="LeftBehind">How often a claim ended without an outcome: released or recovered.</param>
internal sealed record QueueRow(
    Guid SiteId, Guid SaleId, string ClickId, DateTimeOffset Time, string Status, int Claims, int LeftBehind);
