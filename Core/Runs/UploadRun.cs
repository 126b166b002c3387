using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;

namespace OpsMantik.Core.Runs;

/// <summary>One upload: claims what is due, uploads the groups side by side, writes back what became of every row.</summary>
public sealed class UploadRun
{
    private readonly ClaimStream _claims;
    private readonly GroupUpload _groups;
    private readonly IBacklogSnapshot _backlog;
    private readonly IReadOnlyList<IConversionProvider> _providers;
    private readonly UploadOptions _options;
    private readonly Instruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger<UploadRun> _logger;

    internal UploadRun(
        IConversionQueue queue,
        GroupUpload groups,
        IBacklogSnapshot backlog,
        IEnumerable<IConversionProvider> providers,
        IOptions<UploadOptions> options,
        Instruments instruments,
        TimeProvider time,
        ILogger<UploadRun> logger)
    {
        _claims = new ClaimStream(queue, instruments, time);
        _groups = groups;
        _backlog = backlog;
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
        foreach (var provider in providers)
            summary += await DrainAsync(provider, runId, request.Limit - summary.Processed, deadline);

        _logger.Uploaded(summary.Processed, summary.Completed, summary.Failed, summary.Retry, summary.Submitted);
        if (!stopping.IsCancellationRequested)
            await _backlog.TakeAsync([.. _providers.Select(provider => provider.Key)], stopping);
        return summary;
    }

    private async Task<UploadSummary> DrainAsync(
        IConversionProvider provider, Guid runId, int? limit, RunDeadline deadline)
    {
        var summary = UploadSummary.Nothing;
        var credentials = _groups.NewCredentials();
        var gate = new Lock();
        await Parallel.ForEachAsync(
            _claims.ReadAsync(provider, runId, limit ?? int.MaxValue, deadline),
            SideBySide.AtMost(_options.MaxParallelGroups),
            async (claimed, _) =>
            {
                // A claim that waited too long may have been recovered and be somebody else's by now: never send on it.
                if (deadline.Passed || _time.GetElapsedTime(claimed.ClaimedAt) >= Claim.Lease)
                {
                    await _groups.ReleaseAsync(claimed.Group, maySent: false);
                    return;
                }

                var done = await _groups.RunAsync(provider, claimed.Group, credentials, deadline.Abandon);
                lock (gate)
                    summary += done;
            });
        return summary;
    }

    private IConversionProvider Find(string key) =>
        _providers.FirstOrDefault(provider => provider.Key == key) ?? throw new UnknownProviderException(key);
}
