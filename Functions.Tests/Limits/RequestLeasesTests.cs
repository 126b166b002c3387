using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OpsMantik.Core.Limits;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Limits;

internal sealed class RequestLeasesTests
{
    private const string Project = "a-project";

    private static readonly RequestLimits Limits = new(PerMinute: 100, PerDay: 100_000);

    private TestDatabase _database = null!;
    private NpgsqlDataSource _worker = null!;
    private RequestLeases _leases = null!;

    [SetUp]
    public async Task OpenAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _worker = NpgsqlDataSource.Create(_database.WorkerConnectionString);
        _leases = new RequestLeases(_worker, NullLogger<RequestLeases>.Instance);
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await _worker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task Whoever_asks_at_once_gets_together_what_the_minute_has()
    {
        await _database.StayInMinuteAsync();

        var taken = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => TakeAsync(Limits)));

        Assert.That(taken.Count(lease => lease.Requests == 10), Is.EqualTo(10));
        Assert.That(taken.Sum(lease => lease.Requests), Is.EqualTo(100));
        Assert.That(taken.Select(lease => lease.ValidFor), Is.All.InRange(TimeSpan.Zero, TimeSpan.FromMinutes(1)));
        Assert.That(taken.Select(lease => lease.DayGoneFor), Is.All.Null);
        Assert.That((await TakeAsync(Limits, kind: RequestKind.Status)).Requests, Is.EqualTo(10), "questions count apart");
    }

    [TestCase("-1 minute", TestName = "A minute that passed is forgotten")]
    [TestCase("2 days", TestName = "A clock that was set back holds nobody for days")]
    public async Task Another_minute_begins_anew(string moved)
    {
        await _database.StayInMinuteAsync();
        await TakeAsync(Limits);
        await _database.ExecuteAsync(
            "update provider_request_limits set minute = minute + $1::interval, minute_taken = 100", moved);

        Assert.That((await TakeAsync(Limits)).Requests, Is.EqualTo(10));
        Assert.That(await _database.ScalarAsync<int>("select minute_taken from provider_request_limits"), Is.EqualTo(10));
    }

    [Test]
    public async Task A_day_that_is_used_up_says_for_how_long_and_takes_back_what_was_not_sent()
    {
        await _database.StayInMinuteAsync();
        var limits = new RequestLimits(PerMinute: 100, PerDay: 200);
        var first = await TakeAsync(limits);
        Assert.That(first.Requests, Is.EqualTo(2), "a hundredth of the day");
        await _database.ExecuteAsync("update provider_request_limits set day_taken = 200");

        var gone = await TakeAsync(limits);
        Assert.That(gone.Requests, Is.Zero);
        Assert.That(gone.DayGoneFor, Is.InRange(TimeSpan.Zero, TimeSpan.FromHours(25)));
        var yesterdays = await TakeAsync(limits, new UnsentRequests(1, first.Day.AddDays(-1), default));
        Assert.That(yesterdays.Requests, Is.Zero);

        var back = await TakeAsync(limits, new UnsentRequests(1, first.Day, default));
        Assert.That((back.Requests, back.DayGoneFor is null), Is.EqualTo((1, false)));
        await _database.ExecuteAsync("update provider_request_limits set day = day - 1");
        Assert.That((await TakeAsync(limits)).Requests, Is.EqualTo(2));
    }

    [Test]
    public async Task What_a_stopping_process_gives_back_is_of_its_minute_while_that_lasts()
    {
        await _database.StayInMinuteAsync();
        var lease = await TakeAsync(Limits);

        var nothing = await TakeAsync(Limits, new UnsentRequests(3, lease.Day, lease.Minute), wanted: 0);
        Assert.That((nothing.Requests, await TakenAsync()), Is.EqualTo((0, "7 7")));

        await TakeAsync(Limits, new UnsentRequests(2, lease.Day, lease.Minute.AddMinutes(-1)), wanted: 0);
        Assert.That(await TakenAsync(), Is.EqualTo("7 5"), "that minute is over");
    }

    [Test]
    public async Task A_database_that_is_away_gives_no_lease()
    {
        await using var away = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Database=none;Timeout=2");
        var lease = await new RequestLeases(away, NullLogger<RequestLeases>.Instance)
            .TakeAsync(Project, RequestKind.Ingest, Limits, 1, default, CancellationToken.None);

        Assert.That(lease, Is.Null);
    }

    private Task<string?> TakenAsync() => _database.ScalarAsync<string>("select minute_taken || ' ' || day_taken from provider_request_limits");

    private async Task<RequestLease> TakeAsync(
        RequestLimits limits, UnsentRequests unsent = default, RequestKind kind = RequestKind.Ingest, int? wanted = null) =>
        (await _leases.TakeAsync(Project, kind, limits, wanted ?? limits.LargestLease, unsent, CancellationToken.None))!;
}
