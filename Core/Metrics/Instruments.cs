using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;

namespace OpsMantik.Core.Metrics;

/// <summary>
/// Every metric of the worker, and the spans that are timed along with them. Durations are seconds. Gauges show what the
/// last run saw: a scrape runs no query.
/// </summary>
internal sealed class Instruments
{
    /// <summary>Stands for "no error" in the attribute <c>category</c>, which is always there.</summary>
    private const string NoCategory = "none";

    // Another worker may have done all runs since: what this one saw long ago must not outvote it.
    private static readonly TimeSpan SnapshotLifetime = TimeSpan.FromHours(1);

    private readonly TimeProvider _time;
    private readonly bool _siteLabels;
    private readonly Counter<long> _rows;
    private readonly Counter<long> _corrections;
    private readonly Counter<long> _unplaced;
    private readonly Histogram<double> _calls;
    private readonly Histogram<double> _claims;
    private readonly Histogram<double> _writeBacks;
    private readonly JobAges _ticks;
    private volatile Snapshot _snapshot;

    public Instruments(IMeterFactory meters, IOptions<TelemetryOptions> options, TimeProvider time)
    {
        _time = time;
        _siteLabels = options.Value.SiteLabels;
        _ticks = new JobAges(time);
        _snapshot = new Snapshot(time.GetTimestamp(), []);

        var meter = meters.Create(TelemetrySource.Name);
        _rows = meter.CreateCounter<long>(
            "opsmantik.rows", "{row}", "Rows by what became of them: provider, outcome, category.");
        _corrections = meter.CreateCounter<long>(
            "opsmantik.corrections", "{correction}", "Corrections by what became of them: provider, kind, outcome, category.");
        _unplaced = meter.CreateCounter<long>(
            "opsmantik.provider.errors.unplaced", "{error}", "Errors about a row outside the request: provider, api.");
        _calls = Duration("opsmantik.provider.call.duration", "One HTTP exchange: provider, api, result.");
        _claims = Duration("opsmantik.claim.duration", "One claim of due rows.");
        _writeBacks = Duration("opsmantik.writeback.duration", "One write-back or settling of a batch.");
        Gauge("opsmantik.backlog.rows", "{row}", "Rows waiting, due or not.", provider => provider.Backlog);
        Gauge("opsmantik.backlog.oldest.age", "s", "Age of the oldest row waiting.", provider => provider.OldestAge);
        Gauge("opsmantik.circuit.open.age", "s", "Age of the longest-open circuit.", provider => provider.OpenAge);
        Gauge("opsmantik.credentials.revoked", "{credential}", "Active credentials found refused.",
            provider => provider.Revoked);
        Gauge("opsmantik.sites.undercounted", "{site}", "Sites of which clearly fewer conversions are counted than were accepted.",
            provider => provider.Undercounted);
        Gauge("opsmantik.corrections.waiting", "{correction}", "Corrections waiting, due or not.", provider => provider.CorrectionsWaiting);
        Gauge("opsmantik.sites.uncorrected", "{site}", "Sites whose corrections failed within a week, or wait too long.",
            provider => provider.NotCorrected);
        meter.CreateObservableGauge("opsmantik.circuits", Circuits, "{circuit}", "Circuits by provider and state.");
        meter.CreateObservableGauge("opsmantik.tick.age", _ticks.Ages, "s", "Since the last successful run, by job.");

        Histogram<double> Duration(string name, string description) =>
            meter.CreateHistogram(name, "s", description, null, new InstrumentAdvice<double>
            {
                // The usual boundaries are made for milliseconds.
                HistogramBucketBoundaries =
                    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
            });

        void Gauge<T>(string name, string unit, string description, Func<ProviderSnapshot, T> value)
            where T : struct =>
            meter.CreateObservableGauge(name, () => Current.Select(
                provider => new Measurement<T>(value(provider), new KeyValuePair<string, object?>("provider", provider.ProviderKey))), unit, description);
    }

    private IReadOnlyList<ProviderSnapshot> Current =>
        _snapshot is var seen && _time.GetElapsedTime(seen.TakenAt) < SnapshotLifetime ? seen.All : [];

    /// <summary>One run of a job, from <see cref="WorkerJob"/>: a span, and a tick when it ends well.</summary>
    public async Task<T> RunAsync<T>(string job, Func<Task<T>> run)
    {
        using var span = Spans.StartRun(job);
        try
        {
            var result = await run();
            _ticks.Ticked(job);
            return result;
        }
        catch (Exception exception)
        {
            span.Fail(exception);
            throw;
        }
    }

    public Task<T> TimeClaimAsync<T>(Func<Task<T>> claim) => TimeAsync("claim", _claims, claim);

    public Task<T> TimeWriteBackAsync<T>(Func<Task<T>> write) => TimeAsync("write-back", _writeBacks, write);

    /// <summary>One exchange with a provider.</summary>
    /// <param name="api">Which interface and method, from a fixed few: it names the span and is an attribute.</param>
    /// <param name="describe">Maps an answer to one of a few results; only <c>200</c> and <c>ok</c> are no error.</param>
    public async Task<T> TimeCallAsync<T>(string provider, string api, Func<Task<T>> call, Func<T, string> describe)
    {
        using var span = Spans.StartCall(api, provider);
        var started = _time.GetTimestamp();
        var result = "cancelled";
        try
        {
            var answer = await call();
            result = describe(answer);
            return answer;
        }
        finally
        {
            span?.SetTag("opsmantik.result", result);
            if (result is not ("200" or "ok"))
                span.Fail(result);
            _calls.Record(
                _time.GetElapsedTime(started).TotalSeconds,
                new("provider", provider), new("api", api), new("result", result));
        }
    }

    /// <summary>Counts the rows of a batch that were really changed.</summary>
    public void Written(string provider, Guid site, IReadOnlyList<JobResult> results, WriteBackCounts counts)
    {
        if (counts.Changed == results.Count)
        {
            foreach (var group in results.CountBy(result => (result.Status, result.Outcome.Category)))
                Count(provider, site, NameOf(group.Key.Status), NameOf(group.Key.Category), group.Value);
            return;
        }

        // Another worker has recovered part of the batch, and the database does not say which part.
        Count(provider, site, "completed", NoCategory, counts.Completed);
        Count(provider, site, "submitted", NoCategory, counts.Submitted);
        Count(provider, site, "retry", "unknown", counts.Retry);
        Count(provider, site, "failed", "unknown", counts.Failed);
        Count(provider, site, "lost", NoCategory, results.Count - counts.Changed);
    }

    /// <summary>Counts the corrections of a batch that were really changed.</summary>
    /// <param name="told">Each with its kind, lower-case.</param>
    public void Corrected(string provider, IReadOnlyList<(string Kind, JobResult Result)> told, WriteBackCounts counts)
    {
        if (counts.Changed == told.Count)
        {
            foreach (var group in told.CountBy(one => (one.Kind, one.Result.Status, one.Result.Outcome.Category)))
                Add(group.Key.Kind, NameOf(group.Key.Status), NameOf(group.Key.Category), group.Value);
            return;
        }

        Add("unknown", "completed", NoCategory, counts.Completed);
        Add("unknown", "retry", "unknown", counts.Retry);
        Add("unknown", "failed", "unknown", counts.Failed);
        Add("unknown", "lost", NoCategory, told.Count - counts.Changed);

        void Add(string kind, string outcome, string category, int number)
        {
            if (number > 0)
                _corrections.Add(number, new("provider", provider), new("kind", kind), new("outcome", outcome), new("category", category));
        }
    }

    /// <summary>Counts errors whose row cannot be found: the provider names an index that the request does not have.</summary>
    public void Unplaced(string provider, string api, int errors) =>
        _unplaced.Add(errors, new("provider", provider), new("api", api));

    public void Released(string provider, Guid site, int rows) => Count(provider, site, "released", NoCategory, rows);

    /// <summary>What all gauges show from now on.</summary>
    public void Show(IReadOnlyList<ProviderSnapshot> backlogs) => _snapshot = new Snapshot(_time.GetTimestamp(), backlogs);

    private async Task<T> TimeAsync<T>(string name, Histogram<double> histogram, Func<Task<T>> work)
    {
        using var span = Spans.Start(name);
        var started = _time.GetTimestamp();
        try
        {
            return await work();
        }
        catch (Exception exception)
        {
            span.Fail(exception);
            throw;
        }
        finally
        {
            histogram.Record(_time.GetElapsedTime(started).TotalSeconds);
        }
    }

    private void Count(string provider, Guid site, string outcome, string category, int rows)
    {
        if (rows == 0)
            return;
        if (_siteLabels)
            _rows.Add(rows, new("provider", provider), new("outcome", outcome), new("category", category), new("site", site.ToString()));
        else
            _rows.Add(rows, new("provider", provider), new("outcome", outcome), new("category", category));
    }

    private IEnumerable<Measurement<long>> Circuits() => Current.SelectMany(provider => new[]
    {
        Of(provider, provider.Closed, "closed"), Of(provider, provider.Open, "open"), Of(provider, provider.HalfOpen, "half_open"),
    });

    private static Measurement<long> Of(ProviderSnapshot provider, long circuits, string state) =>
        new(circuits, new("provider", provider.ProviderKey), new("state", state));

    private static string NameOf(JobStatus status) => status switch
    {
        JobStatus.Completed => "completed",
        JobStatus.Submitted => "submitted",
        JobStatus.Retry => "retry",
        _ => "failed",
    };

    private static string NameOf(ErrorCategory? category) => category switch
    {
        null => NoCategory,
        ErrorCategory.RateLimit => "rate_limit",
        { } other => other.ToString().ToLowerInvariant(),
    };

    private sealed record Snapshot(long TakenAt, IReadOnlyList<ProviderSnapshot> All);
}

/// <summary>
/// Seconds since each job last succeeded in this process, by timer, call or command. A job that never did has no age: counted
/// from the start of the process it would look young for as long as processes die young.
/// </summary>
internal sealed class JobAges(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _last = [];

    public void Ticked(string job) => _last[job] = time.GetTimestamp();

    public IEnumerable<Measurement<double>> Ages() => _last.Select(tick => new Measurement<double>(
        time.GetElapsedTime(tick.Value).TotalSeconds, new KeyValuePair<string, object?>("job", tick.Key)));
}
