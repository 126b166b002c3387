namespace OpsMantik.Core.Queue;

/// <summary>How much to claim.</summary>
/// <param name="RunId">A group this run has probed waits for the next run.</param>
/// <param name="Limit">Most rows over all groups.</param>
/// <param name="GroupLimit">Most rows of one group; also how far its backlog is counted when the limit is shared.</param>
internal sealed record ClaimRequest(string ProviderKey, Guid RunId, int Limit, int GroupLimit)
{
    /// <summary>
    /// Most groups in one claim. It bounds the claim's own cost with a hundred thousand sites due; each claim goes on
    /// where the one before ended, so that every site has its turn.
    /// </summary>
    public const int MaxGroups = 1_000;
}
