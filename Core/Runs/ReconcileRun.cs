using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Reconciliation;

namespace OpsMantik.Core.Runs;

/// <summary>Asks providers, site by site, what they counted, and stores how it compares with what was sent. Reads only.</summary>
public sealed class ReconcileRun
{
    private readonly ReconciliationStore _store;
    private readonly SiteReconciliation _sites;
    private readonly IReadOnlyList<ICountingProvider> _providers;
    private readonly UploadOptions _upload;
    private readonly Instruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger<ReconcileRun> _logger;

    internal ReconcileRun(
        ReconciliationStore store,
        SiteReconciliation sites,
        IEnumerable<IConversionProvider> providers,
        IOptions<UploadOptions> upload,
        Instruments instruments,
        TimeProvider time,
        ILogger<ReconcileRun> logger)
    {
        _store = store;
        _sites = sites;
        _providers = [.. providers.OfType<ICountingProvider>()];
        _upload = upload.Value;
        _instruments = instruments;
        _time = time;
        _logger = logger;
    }

    /// <summary>
    /// Takes the sites up one after the other, the longest not reconciled first, until each had its turn or the time budget of
    /// an upload run has passed: the next run goes on with the others.
    /// </summary>
    /// <param name="stopping">Takes no further site; questions under way are answered or dropped within the grace.</param>
    public Task<ReconcileSummary> RunAsync(ReconcileRequest request, CancellationToken stopping) =>
        _instruments.RunAsync(WorkerJob.Reconcile, () => ReconcileAsync(request, stopping));

    private async Task<ReconcileSummary> ReconcileAsync(ReconcileRequest request, CancellationToken stopping)
    {
        var summary = ReconcileSummary.Nothing;
        using var deadline = new RunDeadline(_time, _upload.TimeBudget, stopping);
        var before = await _store.ReadTimeAsync(CancellationToken.None) - request.NotWithin;
        foreach (var provider in _providers)
            summary += await AskAllAsync(provider, request.SiteId, before, deadline);

        await _store.TrimAsync(CancellationToken.None);
        _logger.ReconcileRunCompleted(
            summary.Sites, summary.Agree, summary.Fewer, summary.NotComparable, summary.Unanswered, summary.NeedPerson);
        return summary;
    }

    private async Task<ReconcileSummary> AskAllAsync(ICountingProvider provider, Guid? site, DateTime before, RunDeadline deadline)
    {
        using var turns = new SiteTurns(
            most => _store.TakeAsync(provider.Key, site, before, most, CancellationToken.None), _upload.MaxParallelGroups, deadline);
        var summaries = new ReconcileSummary[_upload.MaxParallelGroups];
        await Parallel.ForAsync(
            0,
            _upload.MaxParallelGroups,
            GroupParallelism.Options(_upload.MaxParallelGroups),
            async (place, _) =>
            {
                var summary = ReconcileSummary.Nothing;
                while (await turns.NextAsync() is { } taken)
                    summary += await AskAsync(provider, taken, deadline);
                summaries[place] = summary;
            });
        return summaries.Aggregate(ReconcileSummary.Nothing, (sum, each) => sum + each);
    }

    // A site's trouble, and a bug that it meets, are its own: the others are asked all the same.
    private async Task<ReconcileSummary> AskAsync(ICountingProvider provider, TakenSite site, RunDeadline deadline)
    {
        using var span = Spans.Start("site", provider.Key, site.SiteId, rows: 0);
        try
        {
            return ReconcileSummary.Of(await _sites.RunAsync(provider, site, deadline.Abandon));
        }
        catch (OperationCanceledException) when (deadline.Abandon.IsCancellationRequested)
        {
            span.Fail("abandoned");
            return ReconcileSummary.Nothing;
        }
        catch (Exception exception)
        {
            span.Fail(exception);
            _logger.ReconciliationFailed(exception.GetType().Name, site.SiteId, provider.Key, exception.StackTrace);
            return ReconcileSummary.Nothing with { Sites = 1, NotComparable = 1, Unanswered = 1 };
        }
    }
}

/// <summary>Hands out sites one by one, so that a slow one holds up no other; takes a few at a time, and none after the budget.</summary>
internal sealed class SiteTurns(Func<int, Task<IReadOnlyList<TakenSite>>> take, int most, RunDeadline deadline) : IDisposable
{
    private readonly SemaphoreSlim _lock = new(1);
    private readonly Queue<TakenSite> _taken = [];
    private bool _ended;

    /// <returns>Null when no site is left, or no time.</returns>
    public async Task<TakenSite?> NextAsync()
    {
        await _lock.WaitAsync();
        try
        {
            if (_taken.Count == 0 && !_ended)
            {
                if (!deadline.Passed)
                {
                    foreach (var site in await take(most))
                        _taken.Enqueue(site);
                }

                _ended = _taken.Count == 0;
            }

            return _taken.TryDequeue(out var next) ? next : null;
        }
        finally
        {
            _lock.Release();
        }
    }

    public void Dispose() => _lock.Dispose();
}

/// <summary>What one reconcile run may do.</summary>
/// <param name="SiteId">Only this site; null for all.</param>
/// <param name="NotWithin">A site that was asked within this time is left out.</param>
public sealed record ReconcileRequest(Guid? SiteId = null, TimeSpan NotWithin = default)
{
    /// <summary>
    /// For what runs by schedule: each worker has the timer, and one question a day is enough. Half a day, so that a schedule of
    /// once a day never misses a day by a second.
    /// </summary>
    public static readonly ReconcileRequest Scheduled = new(NotWithin: TimeSpan.FromHours(12));
}

/// <summary>What a reconcile run found, in sites: they agree, show fewer or cannot be compared.</summary>
/// <param name="Unanswered">Of those not comparable, the ones without an answer this time.</param>
/// <param name="NeedPerson">Of those that show fewer, the ones above the tolerance.</param>
public sealed record ReconcileSummary(int Sites, int Agree, int Fewer, int NotComparable, int Unanswered, int NeedPerson)
{
    public static readonly ReconcileSummary Nothing = new(0, 0, 0, 0, 0, 0);

    internal static ReconcileSummary Of(SiteResult result) => new(
        1,
        result.Verdict == CountVerdict.Agrees ? 1 : 0,
        result.Verdict == CountVerdict.Fewer ? 1 : 0,
        result.Verdict == CountVerdict.NotComparable ? 1 : 0,
        result.Answered ? 0 : 1,
        result.NeedsPerson ? 1 : 0);

    public static ReconcileSummary operator +(ReconcileSummary left, ReconcileSummary right) => new(
        left.Sites + right.Sites,
        left.Agree + right.Agree,
        left.Fewer + right.Fewer,
        left.NotComparable + right.NotComparable,
        left.Unanswered + right.Unanswered,
        left.NeedPerson + right.NeedPerson);
}
