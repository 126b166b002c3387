namespace OpsMantik.Core.Operations.Life;

/// <summary>All that is known of one row of the queue. Times are UTC.</summary>
/// <param name="Batches">Of its site since it was queued, oldest first: the ledger names batches and not rows.</param>
/// <param name="Request">The submitted request that it is, or was last, in; null when there was none.</param>
/// <param name="Audit">What people did since it was queued, to its site or to all.</param>
public sealed record RowLife(
    LifeOfRow Row, IReadOnlyList<LifeBatch> Batches, LifeRequest? Request, IReadOnlyList<LifeAudit> Audit);
