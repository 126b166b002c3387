namespace OpsMantik.Core.Status;

/// <summary>The backlog as a run left it.</summary>
/// <param name="At">UTC, in steps of ten minutes.</param>
/// <param name="OldestAge">Seconds that the oldest waiting row had waited; 0 when nothing waited.</param>
public sealed record BacklogSample(string ProviderKey, DateTime At, long Waiting, double OldestAge);
