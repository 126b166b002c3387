using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Runs;
using OpsMantik.Core.Sites;

namespace OpsMantik.Core.Corrections;

/// <summary>The part of an upload run that sends what is due of corrections.</summary>
internal sealed class CorrectionDrain(
    ICorrectionStore store,
    GroupCorrection groups,
    SiteLabels labels,
    IOptions<UploadOptions> options,
    TimeProvider time,
    ILogger<CorrectionDrain> logger)
{
    /// <param name="limit">Most corrections.</param>
    /// <returns>How many the provider has.</returns>
    public async Task<int> RunAsync(
        ICorrectingProvider provider, int limit, IsolationWatch isolation, RunDeadline deadline)
    {
        var corrected = 0;
        // Before the next claim of uploads could take the rows that this run put back.
        await store.CorrectPendingAsync(CancellationToken.None);
        var groupLimit = Math.Min(provider.MaxBatchSize, ClaimStream.MaxRowsOfGroup);
        while (limit > 0 && !deadline.Passed)
        {
            var claimedAt = time.GetTimestamp();
            var claimed = await store.ClaimAsync(
                provider.Key, Math.Min(limit, ClaimStream.MaxRowsOfClaim), groupLimit, CancellationToken.None);
            if (claimed.Count == 0)
                break;
            limit -= claimed.Sum(group => group.Jobs.Count);
            await labels.ReadAsync([.. claimed.Select(group => group.SiteId)]);
            await Parallel.ForEachAsync(
                claimed,
                GroupParallelism.Options(options.Value.MaxParallelGroups),
                async (group, _) =>
                {
                    using var scope = logger.BeginBatch(labels.Of(group.SiteId), group.ProviderKey, group.ClaimToken);
                    using var permit = isolation.Enter(group.SiteId, deadline.Abandon);
                    if (deadline.Passed || permit.Abandon.IsCancellationRequested || time.GetElapsedTime(claimedAt) >= Claim.Lease)
                        await groups.ReleaseAsync(group, maySent: false);
                    else
                        Interlocked.Add(ref corrected, await groups.RunAsync(provider, group, permit.Abandon));
                });
        }

        return corrected;
    }
}
