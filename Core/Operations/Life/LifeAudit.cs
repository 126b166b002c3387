namespace OpsMantik.Core.Operations.Life;

/// <summary>A line of the audit.</summary>
/// <param name="Everywhere">It was done to all sites, and perhaps to this row.</param>
public sealed record LifeAudit(DateTime At, string Actor, string Action, bool Everywhere, long Rows);
