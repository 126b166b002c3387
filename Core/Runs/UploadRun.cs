using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Corrections;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Sites;

namespace OpsMantik.Core.Runs;

/// <summary>One upload: claims what is due, uploads the groups side by side, writes back what became of every row.</summary>
public sealed class UploadRun
{
    private readonly IConversionQueue _queue;
    private readonly ClaimStream _claims;
    private readonly GroupUpload _groups;
    private readonly CorrectionDrain _corrections;
    private readonly IBacklogSnapshot _backlog;
    private readonly SiteLabels _labels;
    private readonly IReadOnlyList<IConversionProvider> _providers;
    private readonly UploadOptions _options;
    private readonly Instruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger<UploadRun> _logger;

    internal UploadRun(
        IConversionQueue queue,
        GroupUpload groups,
        CorrectionDrain corrections,
        IBacklogSnapshot backlog,
        SiteLabels labels,
        IEnumerable<IConversionProvider> providers,
        IOptions<UploadOptions> options,
        Instruments instruments,
        TimeProvider time,
        ILogger<UploadRun> logger)
    {
        _queue = queue;
        _claims = new ClaimStream(queue, labels, instruments, time);
        _groups = groups;
        _corrections = corrections;
        _backlog = backlog;
        _labels = labels;
        _providers = [.. providers];
        _options = options.Value;
        _instruments = instruments;
        _time = time;
        _logger = logger;
    }

    /// <param name="stopping">
    /// Starts nothing new; batches in flight are answered and written back within <see cref="RunDeadline.Grace"/>.
    /// </param>
    /// <exception cref="UnknownProviderException">The request names a provider this worker does not have.</exception>
    public Task<UploadSummary> RunAsync(UploadRequest request, CancellationToken stopping) =>
        _instruments.RunAsync(WorkerJob.Upload, () => UploadAsync(request, stopping));

    private async Task<UploadSummary> UploadAsync(UploadRequest request, CancellationToken stopping)
    {
        var providers = request.ProviderKey is not { } key ? _providers : [Find(key)];
        var runId = Guid.NewGuid();
        var summary = UploadSummary.Nothing;
        using var deadline = new RunDeadline(_time, _options.TimeBudget, stopping);
        var isIdle = true;
        foreach (var provider in providers)
        {
            var (done, claimed) = await DrainAsync(provider, runId, request.Limit - summary.Processed, deadline);
            summary += done;
            isIdle &= !claimed;
        }

        // Most runs find nothing. Their look at the backlog tells whether there is something to correct, and mostly it is their last.
        var isNoted = isIdle && await NoteEndAsync(corrected: false, stopping);
        if (!isNoted)
        {
            foreach (var provider in providers.OfType<ICorrectingProvider>())
                summary = summary with { Corrected = summary.Corrected + await CorrectAsync(provider, request.Limit, deadline) };
        }

        _logger.Uploaded(summary.Processed, summary.Completed, summary.Failed, summary.Retry, summary.Submitted);
        if (!isNoted && !await NoteEndAsync(corrected: true, stopping))
            await _backlog.NoteEndAsync();
        return summary;
    }

    private async Task<bool> NoteEndAsync(bool corrected, CancellationToken stopping) =>
        !stopping.IsCancellationRequested
        && await _backlog.TakeAsync([.. _providers.Select(provider => provider.Key)], corrected, stopping);

    // After the uploads: what is corrected was sent.
    private async Task<int> CorrectAsync(ICorrectingProvider provider, int? limit, RunDeadline deadline)
    {
        await using var isolation = new IsolationWatch(_queue, provider.Key, _time);
        return await _corrections.RunAsync(provider, limit ?? int.MaxValue, isolation, deadline);
    }

    private async Task<(UploadSummary Done, bool Claimed)> DrainAsync(
        IConversionProvider provider, Guid runId, int? limit, RunDeadline deadline)
    {
        var summary = UploadSummary.Nothing;
        var anything = false;
        await using var isolation = new IsolationWatch(_queue, provider.Key, _time);
        var gate = new Lock();
        await Parallel.ForEachAsync(
            _claims.ReadAsync(provider, runId, limit ?? int.MaxValue, deadline),
            GroupParallelism.Options(_options.MaxParallelGroups),
            async (claimed, _) =>
            {
                anything = true;
                using var scope = _logger.BeginBatch(_labels.Of(claimed.Group.SiteId), provider.Key, claimed.Group.ClaimToken);
                // An expired claim may have been recovered and claimed by another worker: never send on it.
                using var permit = isolation.Enter(claimed.Group.SiteId, deadline.Abandon);
                if (deadline.Passed || permit.Abandon.IsCancellationRequested || _time.GetElapsedTime(claimed.ClaimedAt) >= Claim.Lease)
                {
                    await _groups.ReleaseAsync(claimed.Group, maySent: false);
                    return;
                }

                var done = await _groups.RunAsync(provider, claimed.Group, permit.Abandon);
                lock (gate)
                    summary += done;
            });
        return (summary, anything);
    }

    private IConversionProvider Find(string key) =>
        _providers.FirstOrDefault(provider => provider.Key == key) ?? throw new UnknownProviderException(key);
}

/// <summary>How long and how wide an upload run works. Section <c>Upload</c> (<c>Upload__TimeBudget</c> …).</summary>
public sealed class UploadOptions
{
    public const string Section = "Upload";

    /// <summary>After this a run claims and sends nothing more; what it holds unsent goes back to the queue.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:09:30")]
    public TimeSpan TimeBudget { get; set; } = TimeSpan.FromMinutes(8);

    /// <summary>Groups uploaded side by side.</summary>
    [Range(1, 256)]
    public int MaxParallelGroups { get; set; } = 8;

    /// <summary>Days after which Google counts a sale no more; an older one fails before it is sent. 1 to 3650.</summary>
    [Range(1, 3650)]
    public int ConversionWindowDays { get; set; } = 90;

    /// <summary>
    /// Until then another program of ours (the dashboard's old routes) sent conversions too: for a sale of before, Google's "already
    /// exists" means that it is counted. None: only this worker ever sent.
    /// </summary>
    public DateTimeOffset? OtherSenderUntil { get; set; }
}

/// <summary>What one upload run may do.</summary>
/// <param name="ProviderKey">Only this provider; null for all.</param>
/// <param name="Limit">Most rows over all groups; null drains what is due within the time budget.</param>
public sealed record UploadRequest(string? ProviderKey = null, int? Limit = null);

/// <summary>What an upload run did, in rows that really changed: processed is the sum of the other four. Released rows are not among them.</summary>
/// <param name="Corrected">Corrections that the provider has; not among the processed.</param>
public sealed record UploadSummary(int Processed, int Completed, int Failed, int Retry, int Submitted, int Corrected = 0)
{
    public static readonly UploadSummary Nothing = new(0, 0, 0, 0, 0);

    public static UploadSummary operator +(UploadSummary left, UploadSummary right) => new(
        left.Processed + right.Processed,
        left.Completed + right.Completed,
        left.Failed + right.Failed,
        left.Retry + right.Retry,
        left.Submitted + right.Submitted,
        left.Corrected + right.Corrected);
}

/// <summary>A provider key that this worker has no provider for.</summary>
public sealed class UnknownProviderException(string providerKey) : ArgumentException($"There is no provider {providerKey}.");

/// <summary>
/// A run's claims as one stream of groups. The next claim runs while the groups of the last are uploaded: neither the
/// provider nor the database waits for the other.
/// </summary>
internal sealed class ClaimStream(IConversionQueue queue, SiteLabels labels, Instruments instruments, TimeProvider time)
{
    /// <summary>
    /// A group costs the database some 1.5 ms whatever its size: 250 rows each, the 200th part, make that small. Low
    /// enough that memory stays flat and a crash leaves little to recover.
    /// </summary>
    internal const int MaxRowsOfClaim = 50_000;

    internal const int MaxRowsOfGroup = 2_000;

    /// <summary>Ends when nothing is due, when the limit is reached, or at the deadline.</summary>
    /// <param name="limit">Most rows over all claims.</param>
    /// <returns>Each group with the timestamp from which its claim ages. The caller must take every group.</returns>
    public async IAsyncEnumerable<(ClaimedGroup Group, long ClaimedAt)> ReadAsync(
        IConversionProvider provider, Guid runId, int limit, RunDeadline deadline)
    {
        for (var next = ClaimIfAllowed(); next is not null;)
        {
            var (groups, claimedAt) = await next;
            next = null;
            limit -= groups.Sum(group => group.Jobs.Count);
            // Not the list: it would hold the rows that are done beside those of the next claim.
            var waiting = new Queue<ClaimedGroup>(groups);
            for (var half = waiting.Count / 2; waiting.TryDequeue(out var group); half--)
            {
                // Not sooner: a claim's lease runs while its rows wait, and so does memory.
                if (half == 0)
                    next = ClaimIfAllowed();
                yield return (group, claimedAt);
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
            provider.Key, runId, Math.Min(limit, MaxRowsOfClaim), Math.Min(provider.MaxBatchSize, MaxRowsOfGroup));
        var groups = await instruments.TimeClaimAsync(() => queue.ClaimAsync(request, CancellationToken.None));
        await labels.ReadAsync([.. groups.Select(group => group.SiteId)]);
        return (groups, claimedAt);
    }
}
