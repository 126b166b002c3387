using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Confirmations;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Providers;

namespace OpsMantik.Core.Runs;

/// <summary>Asks providers once what became of the requests that they accepted earlier.</summary>
public sealed class ConfirmRun
{
    // Of up to 2,000 rows each: a round's memory stays flat.
    private const int RequestsAtOnce = 20;

    private readonly IConfirmationStore _store;
    private readonly RequestConfirmation _requests;
    private readonly IReadOnlyList<IConfirmingProvider> _providers;
    private readonly ConfirmOptions _confirmation;
    private readonly UploadOptions _upload;
    private readonly Instruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger<ConfirmRun> _logger;

    internal ConfirmRun(
        IConfirmationStore store,
        RequestConfirmation requests,
        IEnumerable<IConversionProvider> providers,
        IOptions<ConfirmOptions> confirmation,
        IOptions<UploadOptions> upload,
        Instruments instruments,
        TimeProvider time,
        ILogger<ConfirmRun> logger)
    {
        _store = store;
        _requests = requests;
        _providers = [.. providers.OfType<IConfirmingProvider>()];
        _confirmation = confirmation.Value;
        _upload = upload.Value;
        _instruments = instruments;
        _time = time;
        _logger = logger;
    }

    /// <summary>Asks about every request that is due, within the time budget of an upload run.</summary>
    /// <param name="stopping">Leases nothing new; questions under way are answered or dropped within the grace.</param>
    public Task<ConfirmSummary> RunAsync(CancellationToken stopping) =>
        _instruments.RunAsync(WorkerJob.Confirm, () => ConfirmAsync(stopping));

    private async Task<ConfirmSummary> ConfirmAsync(CancellationToken stopping)
    {
        var summary = ConfirmSummary.Nothing;
        using var deadline = new RunDeadline(_time, _upload.TimeBudget, stopping);
        foreach (var provider in _providers)
            summary += await AskAllAsync(provider, deadline);

        _logger.ConfirmRunCompleted(summary.Checked, summary.Completed, summary.Failed, summary.Retry, summary.Pending);
        return summary;
    }

    private async Task<ConfirmSummary> AskAllAsync(IConfirmingProvider provider, RunDeadline deadline)
    {
        var summary = ConfirmSummary.Nothing;
        while (!deadline.Passed)
        {
            var requests = await _store.LeaseAsync(
                provider.Key, Guid.NewGuid(), RequestsAtOnce, _confirmation.GiveUpAfter, CancellationToken.None);
            if (requests.Count == 0)
                break;

            var gate = new Lock();
            await Parallel.ForEachAsync(
                requests,
                GroupParallelism.Options(_upload.MaxParallelGroups),
                async (request, _) =>
                {
                    var done = await AskAsync(provider, request, deadline);
                    lock (gate)
                        summary += done;
                });
        }

        return summary;
    }

    // What is not asked keeps its lease, and the lease ends by itself: no request is lost for a stop or a fault.
    private async Task<ConfirmSummary> AskAsync(IConfirmingProvider provider, LeasedRequest request, RunDeadline deadline)
    {
        if (deadline.Passed)
            return ConfirmSummary.Nothing;
        try
        {
            return await _requests.RunAsync(provider, request, deadline.Abandon);
        }
        catch (OperationCanceledException) when (deadline.Abandon.IsCancellationRequested)
        {
            return ConfirmSummary.Nothing;
        }
        catch (Exception exception)
        {
            _logger.ConfirmationFailed(
                exception.GetType().Name, request.RequestId, request.SiteId, request.ProviderKey, exception.StackTrace);
            return ConfirmSummary.Nothing with { Checked = 1, Pending = 1 };
        }
    }
}

/// <summary>What a confirm run did: requests asked about, and rows settled by outcome.</summary>
/// <param name="Checked">Requests asked about.</param>
/// <param name="Pending">Of these, requests not settled yet.</param>
public sealed record ConfirmSummary(int Checked, int Completed, int Failed, int Retry, int Pending)
{
    public static readonly ConfirmSummary Nothing = new(0, 0, 0, 0, 0);

    public static ConfirmSummary operator +(ConfirmSummary left, ConfirmSummary right) => new(
        left.Checked + right.Checked,
        left.Completed + right.Completed,
        left.Failed + right.Failed,
        left.Retry + right.Retry,
        left.Pending + right.Pending);
}
