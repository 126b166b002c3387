namespace OpsMantik.Core.Queue;

/// <summary>Where the next claim of a provider goes on.</summary>
/// <param name="Start">
/// The last group of the claim before: every site has its turn however few rows a claim takes.
/// </param>
/// <param name="RunId">The run that <paramref name="Oldest"/> is of.</param>
/// <param name="Oldest">
/// The oldest row that waited at an earlier claim. Beside an old transaction all rows that ever waited lie before it,
/// dead, and only the first claim of a run looks them up. A row that begins to wait before this place, given back or
/// re-queued meanwhile, waits for the next run.
/// </param>
internal readonly record struct RingPosition(Guid Start, Guid RunId, WaitingPlace Oldest)
{
    public WaitingPlace From(Guid runId) => runId == RunId ? Oldest : WaitingPlace.First;
}
