using Microsoft.Extensions.Time.Testing;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Metrics;

internal sealed class InstrumentsTests
{
    private FakeTimeProvider _time = null!;
    private Instruments _instruments = null!;
    private RecordedMetrics _metrics = null!;

    [SetUp]
    public void Listen()
    {
        _time = new FakeTimeProvider();
        (_instruments, var meters) = TestInstruments.NewWithMeters(_time);
        _metrics = new RecordedMetrics(meters);
    }

    [TearDown]
    public void Close() => _metrics.Dispose();

    [Test]
    public async Task A_tick_is_as_old_as_the_last_run_that_ended_well_and_absent_without_one()
    {
        _time.Advance(TimeSpan.FromMinutes(2));
        await _instruments.RunAsync(WorkerJob.Upload, () => Task.FromResult(1));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(
            () => _instruments.RunAsync<int>(WorkerJob.Recovery, () => throw new TimeoutException()),
            Throws.TypeOf<TimeoutException>());

        Assert.That(_metrics.Of("opsmantik.tick.age"), Is.EquivalentTo(new Dictionary<string, double>
        {
            ["job=upload"] = 60,
        }));
    }

    [Test]
    public void A_picture_that_is_an_hour_old_shows_no_more()
    {
        _instruments.Show([new ProviderSnapshot("google_ads", 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)]);
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.That(_metrics.Of("opsmantik.backlog.rows")["provider=google_ads"], Is.EqualTo(7));

        using var later = new RecordedMetrics(_metrics.Instruments.First().Meter.Scope as System.Diagnostics.Metrics.IMeterFactory
            ?? throw new InvalidOperationException());
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.That(later.Of("opsmantik.backlog.rows"), Is.Empty);
    }

    [Test]
    public void Rows_that_somebody_else_has_by_now_are_counted_as_lost_and_as_nothing_else()
    {
        var results = new[] { UploadOutcome.Completed(), UploadOutcome.Completed(), Refused() }
            .Select(outcome => RetryPolicy.Apply(Guid.NewGuid(), 0, outcome, null, 0))
            .ToArray();

        _instruments.Written("google_ads", Guid.NewGuid(), results, new WriteBackCounts(2, 1, 1, 0, 0));

        Assert.That(_metrics.Of("opsmantik.rows"), Is.EquivalentTo(new Dictionary<string, double>
        {
            ["category=none outcome=completed provider=google_ads"] = 1,
            ["category=unknown outcome=failed provider=google_ads"] = 1,
            ["category=none outcome=lost provider=google_ads"] = 1,
        }));
    }

    [Test]
    public async Task A_call_takes_as_long_as_it_takes_whatever_comes_of_it()
    {
        Assert.That(
            () => _instruments.TimeCallAsync<int>("google_ads", "google_ads.upload", FailAfterAsync, _ => "200"),
            Throws.TypeOf<OperationCanceledException>());
        await _instruments.TimeClaimAsync(() => FailAfterAsync().ContinueWith(_ => 1, TaskScheduler.Default));

        Assert.Multiple(() =>
        {
            Assert.That(
                _metrics.Of("opsmantik.provider.call.duration")["api=google_ads.upload provider=google_ads result=cancelled"],
                Is.EqualTo(3));
            Assert.That(_metrics.Of("opsmantik.claim.duration")[""], Is.EqualTo(3));
        });
    }

    private Task<int> FailAfterAsync()
    {
        _time.Advance(TimeSpan.FromSeconds(3));
        return Task.FromException<int>(new OperationCanceledException());
    }

    private static UploadOutcome Refused() => UploadOutcome.Failed("EXPIRED_EVENT", ErrorCategory.Validation, "too old");
}
