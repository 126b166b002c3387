using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Functions.Tests.Providers.DataManager;

public class LimitTests
{
    private FakeTimeProvider _time = null!;

    [SetUp]
    public void SetUp() => _time = new FakeTimeProvider(TestConversions.Noon);

    [Test]
    public async Task A_minute_takes_so_many_requests_and_the_next_waits_its_turn()
    {
        var gate = Gate(options => options.RequestsPerMinute = 3);
        for (var i = 0; i < 3; i++)
        {
            using var turn = await gate.EnterAsync(CancellationToken.None);
            Assert.That(turn.Refusal, Is.Null);
        }

        var fourth = gate.EnterAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.That(fourth.IsCompleted, Is.False);

        _time.Advance(TimeSpan.FromSeconds(1));
        using var last = await fourth.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That(last.Refusal, Is.Null);
    }

    [Test]
    public async Task So_many_requests_go_at_once_and_the_next_when_one_is_back()
    {
        var gate = Gate(options => options.ConcurrentRequests = 1);
        var first = await gate.EnterAsync(CancellationToken.None);
        var second = gate.EnterAsync(CancellationToken.None);
        Assert.That(second.IsCompleted, Is.False);

        first.Dispose();
        first.Dispose();

        using var turn = await second.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That(turn.Refusal, Is.Null);
        Assert.That(gate.EnterAsync(CancellationToken.None).IsCompleted, Is.False, "a turn is given back once only");
    }

    [Test]
    public async Task A_wait_is_bounded_and_leaves_the_rows_unspent()
    {
        var gate = Gate(options => options.ConcurrentRequests = 1);
        using var first = await gate.EnterAsync(CancellationToken.None);
        var second = gate.EnterAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(2));

        using var turn = await second.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.That(turn.Refusal!.Code, Is.EqualTo("LOCAL_RATE_LIMIT"));
        Assert.That(turn.Refusal.SpendsAttempt, Is.False);
        Assert.That(turn.Refusal.Category, Is.EqualTo(ErrorCategory.RateLimit));
    }

    [Test]
    public async Task The_callers_cancellation_ends_a_wait()
    {
        var gate = Gate(options => options.RequestsPerMinute = 1);
        using var first = await gate.EnterAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var second = gate.EnterAsync(stop.Token);
        await stop.CancelAsync();

        Assert.That(async () => await second, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_pause_longer_than_the_wait_is_refused_at_once()
    {
        var gate = Gate(_ => { });
        gate.Pause(TimeSpan.FromMinutes(10));

        using var turn = await gate.EnterAsync(CancellationToken.None);

        Assert.That(turn.Refusal!.Code, Is.EqualTo("LOCAL_RATE_LIMIT"));
        Assert.That(turn.Refusal.RetryAfter, Is.EqualTo(TimeSpan.FromMinutes(10)));
    }

    [Test]
    public async Task A_used_up_day_returns_at_midnight_in_Pacific_time()
    {
        var gate = Gate(options => options.RequestsPerDay = 1);
        (await gate.EnterAsync(CancellationToken.None)).Dispose();

        using var refused = await gate.EnterAsync(CancellationToken.None);
        Assert.That(refused.Refusal!.Code, Is.EqualTo("QUOTA_DAY"));
        Assert.That(refused.Refusal.SpendsAttempt, Is.False);
        Assert.That(refused.Refusal.RetryAfter, Is.EqualTo(TimeSpan.FromHours(20)), "noon to 08:00 UTC");

        _time.Advance(TimeSpan.FromHours(20));
        using var turn = await gate.EnterAsync(CancellationToken.None);
        Assert.That(turn.Refusal, Is.Null);
    }

    [TestCase("2026-07-01T12:00:00Z", "2026-07-02T07:00:00Z")]
    [TestCase("2026-11-01T08:30:00Z", "2026-11-02T08:00:00Z")]
    [TestCase("2026-11-20T07:59:59Z", "2026-11-20T08:00:00Z")]
    public void A_day_ends_at_midnight_in_Pacific_time(string now, string end) =>
        Assert.That(PacificDay.EndOf(DateTimeOffset.Parse(now)), Is.EqualTo(DateTimeOffset.Parse(end)));

    [TestCase("555000111222-abc.apps.example", "555000111222")]
    [TestCase("555000111222", "client:")]
    [TestCase("abc-def", "client:")]
    public void A_client_id_begins_with_its_projects_number(string clientId, string project) => Assert.That(
        ProjectKeys.Of(new OAuthClient(clientId, "CANARY-secret", "CANARY-refresh")), Does.StartWith(project));

    private RequestGate Gate(Action<DataManagerOptions> configure)
    {
        var options = new DataManagerOptions();
        configure(options);
        return new ProjectLimits(Options.Create(options), new MemoryLeases(_time), _time, NullLogger<ProjectLimits>.Instance)
            .Gate("a-project", RequestKind.Ingest);
    }
}
