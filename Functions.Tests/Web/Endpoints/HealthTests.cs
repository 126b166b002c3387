using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Web.Endpoints;

/// <summary>However many ask how the worker is, its database and its runs do not feel it.</summary>
internal sealed class HealthTests
{
    private static readonly DatabaseStatus Ready = new(true, null, null);

    private readonly FakeTimeProvider _time = new();
    private int _looks;

    [SetUp]
    public void Forget() => _looks = 0;

    [Test]
    public async Task Many_callers_share_one_look_in_five_seconds()
    {
        var answer = new TaskCompletionSource<DatabaseStatus>();
        await using var app = await StartAsync(_ => answer.Task);

        var calls = Enumerable.Range(0, 100).Select(_ => StatusOfAsync(app)).ToList();
        await Eventually.TrueAsync(() => _looks == 1, "a look");
        answer.SetResult(Ready);
        Assert.That(await Task.WhenAll(calls), Is.All.EqualTo(HttpStatusCode.OK));
        _time.Advance(TimeSpan.FromSeconds(4.9));
        await StatusOfAsync(app);

        Assert.That(_looks, Is.EqualTo(1));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => StatusOfAsync(app)));
        Assert.That(_looks, Is.EqualTo(2));
    }

    [Test]
    public async Task A_caller_that_goes_away_leaves_the_look_to_the_others()
    {
        var (answer, cancelled) = (new TaskCompletionSource<DatabaseStatus>(), false);
        await using var app = await StartAsync(stopping =>
        {
            stopping.Register(() => cancelled = true);
            return answer.Task;
        });
        using var leaving = new CancellationTokenSource();
        var first = app.Http.GetAsync(Paths.Health, leaving.Token);
        await Eventually.TrueAsync(() => _looks == 1, "a look");
        var second = StatusOfAsync(app);

        await leaving.CancelAsync();
        Assert.That(async () => await first, Throws.InstanceOf<OperationCanceledException>());
        var third = StatusOfAsync(app);
        answer.SetResult(Ready);

        Assert.That(await Task.WhenAll(second, third), Is.All.EqualTo(HttpStatusCode.OK));
        Assert.That((_looks, cancelled), Is.EqualTo((1, false)));
    }

    [Test]
    public async Task A_database_that_does_not_answer_within_two_seconds_counts_as_away()
    {
        await using var app = await StartAsync(_ => new TaskCompletionSource<DatabaseStatus>().Task);
        var call = StatusOfAsync(app);
        await Eventually.TrueAsync(() => _looks == 1, "a look");

        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.That(call.IsCompleted, Is.False);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.That(await call, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
    }

    [Test]
    public async Task It_takes_no_connection_from_the_runs_and_waits_for_none_of_theirs()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await RunningApp.StartAsync(
            null, ("ConnectionStrings:OpsMantik", database.WorkerConnectionString + ";Maximum Pool Size=1;Timeout=1"));
        await using var held = await app.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();

        Assert.That(await StatusOfAsync(app), Is.EqualTo(HttpStatusCode.OK));
    }

    private static async Task<HttpStatusCode> StatusOfAsync(RunningApp app)
    {
        using var response = await app.Http.GetAsync(Paths.Health);
        return response.StatusCode;
    }

    private Task<RunningApp> StartAsync(Func<CancellationToken, Task<DatabaseStatus>> look) => RunningApp.StartAsync(services =>
    {
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton(provider => WorkerJobs.From(provider) with
        {
            CheckDatabase = _ => Task.FromResult(Ready),
            ProbeDatabase = stopping =>
            {
                Interlocked.Increment(ref _looks);
                return look(stopping);
            },
        });
    });
}
