using OpsMantik.Core.Metrics;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;

namespace OpsMantik.Core.Runs;

/// <summary>
/// A run's claims as one stream of groups. The next claim is made while the groups of the last are uploaded: neither the
/// provider nor the database waits for the other.
/// </summary>
internal sealed class ClaimStream(IConversionQueue queue, Instruments instruments, TimeProvider time)
{
    /// <summary>
    /// A group costs the database some 1.5 ms whatever it holds: with 200 sites due, 250 rows each make that small. Few
    /// enough that memory stays flat, and that a crash leaves little to recover.
    /// </summary>
    internal const int MostRowsOfClaim = 50_000;

    internal const int MostRowsOfGroup = 2_000;

    /// <summary>Ends when nothing is due, when the limit is reached, or at the deadline.</summary>
    /// <param name="limit">Most rows over all claims.</param>
    /// <returns>Each group with the timestamp from which its claim ages. Whoever reads must take every group.</returns>
    public async IAsyncEnumerable<(ClaimedGroup Group, long ClaimedAt)> ReadAsync(
        IConversionProvider provider, Guid runId, int limit, RunDeadline deadline)
    {
        for (var next = ClaimIfAllowed(); next is not null;)
        {
            var (groups, claimedAt) = await next;
            next = null;
            limit -= groups.Sum(group => group.Jobs.Count);
            for (var place = 0; place < groups.Count; place++)
            {
                // Not sooner: a claim ages while its rows wait for their turn.
                if (place == groups.Count / 2)
                    next = ClaimIfAllowed();
                yield return (groups[place], claimedAt);
            }
        }

        Task<(IReadOnlyList<ClaimedGroup> Groups, long ClaimedAt)>? ClaimIfAllowed() =>
            limit > 0 && !deadline.Passed ? ClaimAsync(provider, runId, limit) : null;
    }

    private async Task<(IReadOnlyList<ClaimedGroup> Groups, long ClaimedAt)> ClaimAsync(
        IConversionProvider provider, Guid runId, int limit)
    {
        var claimedAt = time.GetTimestamp();
        var request = new ClaimRequest(
            provider.Key, runId, Math.Min(limit, MostRowsOfClaim), Math.Min(provider.MaxBatchSize, MostRowsOfGroup));
        return (await instruments.TimeClaimAsync(() => queue.ClaimAsync(request, CancellationToken.None)), claimedAt);
    }
}
