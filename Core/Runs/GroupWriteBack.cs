using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Confirmations;
using OpsMantik.Core.Database;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Queue;

namespace OpsMantik.Core.Runs;

/// <summary>
/// Writes what became of a group, or gives its rows back. Repeats what the database may take a moment later, and divides a batch of
/// which it refuses a row, until that row is alone.
/// </summary>
internal sealed class GroupWriteBack(
    IConversionQueue queue,
    IOptions<ConfirmOptions> options,
    Instruments instruments,
    TimeProvider time,
    ILogger<GroupWriteBack> logger)
{
    private readonly RepeatedWrite _repeated = new(time);

    /// <returns>What was written; null when nothing could be.</returns>
    public async Task<WriteBackCounts?> WriteAsync(
        ClaimedGroup group, IReadOnlyList<JobResult> results, CircuitSignal signal, TimeSpan duration)
    {
        var total = default(WriteBackCounts);
        var (written, lost) = (0, 0);
        try
        {
            var refused = await DividedWrite.WriteAsync(results, async part =>
            {
                var counts = await WritePartAsync(group, part, signal, duration);
                instruments.Written(group.ProviderKey, group.SiteId, part, counts);
                total += counts;
                written += part.Count;
                lost += part.Count - counts.Changed;
                // One signal for the batch, however it is divided.
                if (counts.Changed > 0)
                    signal = CircuitSignal.None;
            });
            foreach (var (jobId, state) in refused)
                total += await EndRefusedAsync(group, jobId, state);
        }
        catch (Exception exception)
        {
            // The rows stay PROCESSING until recovery and go out again under the same identity. Not thrown: the
            // other groups of the run have nothing to do with it.
            logger.WriteBackFailed(group.SiteId, group.ProviderKey, results.Count - written, exception.GetType().Name);
            if (total.Changed == 0)
                return null;
        }

        if (lost > 0)
            logger.ClaimLost(group.SiteId, group.ProviderKey, lost);
        return total;
    }

    public async Task ReleaseAsync(ClaimedGroup group, bool maySent)
    {
        try
        {
            // Not cancellable: it is what a cancelled run still owes. The command's own timeout bounds it.
            var released = await RepeatAsync(group, () => queue.ReleaseAsync(group, maySent, CancellationToken.None));
            instruments.Released(group.ProviderKey, group.SiteId, released);
            logger.Released(group.SiteId, group.ProviderKey, released);
        }
        catch (Exception exception)
        {
            logger.ReleaseFailed(group.SiteId, group.ProviderKey, group.Jobs.Count, exception.GetType().Name);
        }
    }

    // The answer is known and must not be lost to a short failure of the database. Repeating is safe: when a commit succeeded
    // and only its acknowledgement was lost, the claim token is gone and the repetition changes nothing.
    private Task<WriteBackCounts> WritePartAsync(
        ClaimedGroup group, IReadOnlyList<JobResult> part, CircuitSignal signal, TimeSpan duration) =>
        RepeatAsync(group, () => instruments.TimeWriteBackAsync(() => queue.WriteBackAsync(
            group, part, signal, duration, options.Value.FirstCheckAfter, CancellationToken.None)));

    private async Task<WriteBackCounts> EndRefusedAsync(ClaimedGroup group, Guid jobId, string state)
    {
        var end = await RepeatAsync(group, () => queue.EndRefusedAsync(group, jobId, state, CancellationToken.None));
        if (end == RefusedEnd.NotOurs)
        {
            logger.ClaimLost(group.SiteId, group.ProviderKey, 1);
            return default;
        }

        logger.WriteBackRefused(jobId, group.SiteId, group.ProviderKey, state, end);
        if (end == RefusedEnd.SetAside)
            return default;
        var counts = new WriteBackCounts(Changed: 1, Completed: 0, Failed: 1, Retry: 0, Submitted: 0);
        instruments.Written(group.ProviderKey, group.SiteId, [RefusedRow.Failed(jobId)], counts);
        return counts;
    }

    private Task<T> RepeatAsync<T>(ClaimedGroup group, Func<Task<T>> write) => _repeated.RunAsync(
        write, exception => logger.WriteBackRepeated(group.SiteId, group.ProviderKey, exception.Message));
}
