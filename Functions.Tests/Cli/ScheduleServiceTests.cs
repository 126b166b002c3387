using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NCrontab;
using OpsMantik.Cli.Serve;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Cli;

public class ScheduleServiceTests
{
    private const string Timer = "ProcessOfflineConversionsTimer";

    private readonly List<DateTimeOffset> _runs = [];
    private ObservedTime _time = null!;
    private ScheduleService _service = null!;
    private volatile bool _running;
    private LogLines _logs = null!;
    private DatabaseStatus _database = null!;

    [SetUp]
    public void Reset()
    {
        _runs.Clear();
        _time = new ObservedTime(new DateTimeOffset(2026, 3, 1, 11, 59, 30, TimeSpan.Zero));
        _logs = new LogLines();
        _database = new DatabaseStatus(true, null, null);
    }

    [TearDown]
    public void Forget() => _logs.Dispose();

    [Test]
    public async Task A_timer_runs_at_its_times_and_not_at_start()
    {
        using var service = await StartAsync(RunAsync);
        Assert.That(_runs, Is.Empty);

        await AdvanceAsync(TimeSpan.FromSeconds(29));
        Assert.That(_runs, Is.Empty);
        await AdvanceToRunsAsync(TimeSpan.FromSeconds(1), 1);
        await AdvanceToRunsAsync(TimeSpan.FromMinutes(10), 2);

        Assert.That(_runs.Select(run => (run.Hour, run.Minute)), Is.EqualTo(new[] { (12, 0), (12, 10) }));
        await service.StopAsync(CancellationToken.None);
    }

    [Test]
    public async Task A_run_that_takes_longer_than_its_interval_is_not_overlapped_and_missed_times_are_left_out()
    {
        var finish = new TaskCompletionSource();
        using var service = await StartAsync(async stopping =>
        {
            await RunAsync(stopping);
            await finish.Task;
        });
        await AdvanceToRunsAsync(TimeSpan.FromSeconds(30), 1);

        await AdvanceAsync(TimeSpan.FromMinutes(25));
        Assert.That(_runs, Has.Count.EqualTo(1));
        finish.SetResult();
        await Eventually.TrueAsync(() => _time.IsAwaited, "the loop waits again");
        await AdvanceToRunsAsync(TimeSpan.FromMinutes(5), 2);

        Assert.That((_runs[1].Hour, _runs[1].Minute), Is.EqualTo((12, 30)));
        await service.StopAsync(CancellationToken.None);
    }

    [Test]
    public async Task A_run_that_fails_is_logged_and_the_next_one_comes()
    {
        using var service = await StartAsync(async stopping =>
        {
            await RunAsync(stopping);
            throw new FormatException("broken");
        });

        await AdvanceToRunsAsync(TimeSpan.FromSeconds(30), 1);
        await AdvanceToRunsAsync(TimeSpan.FromMinutes(10), 2);

        Assert.That(_logs.All, Has.Some.Contains($"Error Timer {Timer} failed").And.Some.Contains("broken"));
        await service.StopAsync(CancellationToken.None);
    }

    [TestCase("AzureWebJobs." + Timer + ".Disabled", "true")]
    [TestCase("AzureWebJobs." + Timer + ".Disabled", "True")]
    [TestCase("AzureWebJobs." + Timer + ".Disabled", "1")]
    [TestCase("AzureWebJobs:" + Timer + ":Disabled", "1")]
    public async Task A_switched_off_timer_never_runs(string setting, string value)
    {
        using var service = await StartAsync(RunAsync, (setting, value));

        await AdvanceAsync(TimeSpan.FromHours(2));

        Assert.That(_runs, Is.Empty);
        Assert.That(service.ExecuteTask!.IsCompletedSuccessfully, "nothing is left to wait for");
    }

    [TestCase("AzureWebJobs." + Timer + ".Disabled", "false")]
    [TestCase("AzureWebJobs." + Timer + ".Disabled", "0")]
    [TestCase("AzureWebJobs.RecoverProcessingTimer.Disabled", "1")]
    public async Task Another_setting_switches_nothing_off(string setting, string value)
    {
        using var service = await StartAsync(RunAsync, (setting, value));

        await AdvanceToRunsAsync(TimeSpan.FromSeconds(30), 1);

        await service.StopAsync(CancellationToken.None);
    }

    [Test]
    public async Task A_database_that_is_away_skips_the_run_and_is_looked_for_again_at_the_next()
    {
        _database = new DatabaseStatus(false, null, null);
        using var service = await StartAsync(RunAsync);

        await AdvanceAsync(TimeSpan.FromSeconds(30));
        await Eventually.TrueAsync(() => _logs.All.Any(line => line.Contains($"Timer {Timer} is skipped")), "skipped");
        Assert.That(_runs, Is.Empty);
        _database = new DatabaseStatus(true, null, null);
        await AdvanceToRunsAsync(TimeSpan.FromMinutes(10), 1);

        await service.StopAsync(CancellationToken.None);
    }

    [Test]
    public async Task Stopping_cancels_the_run_and_is_no_failure()
    {
        using var service = await StartAsync(async stopping =>
        {
            await RunAsync(stopping);
            await Task.Delay(Timeout.Infinite, stopping);
        });
        await AdvanceToRunsAsync(TimeSpan.FromSeconds(30), 1);

        await service.StopAsync(CancellationToken.None);

        Assert.That(service.ExecuteTask!.IsCompletedSuccessfully);
        Assert.That(_logs.All, Has.None.StartsWith("Error"));
    }

    private async Task<ScheduleService> StartAsync(
        Func<CancellationToken, Task> run, params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value))
            .Build();
        var schedule = CrontabSchedule.Parse(
            "0 */10 * * * *", new CrontabSchedule.ParseOptions { IncludingSeconds = true });
        using var loggers = new LoggerFactory([_logs]);
        var jobs = new WorkerJobs(null!, null!, null!, null!, null!, _ => Task.FromResult(_database), null!);
        TimerJob[] timers = [new TimerJob(Timer, schedule, ObservedAsync)];
        var service = new ScheduleService(
            timers,
            new FunctionSwitches(configuration),
            new TimerRunner(
                timers,
                new DatabaseReadiness(jobs, loggers.CreateLogger<DatabaseReadiness>()),
                new NeverStopping(),
                loggers.CreateLogger<TimerRunner>()),
            _time,
            loggers.CreateLogger<ScheduleService>());
        await service.StartAsync(CancellationToken.None);
        _service = service;
        await SettleAsync();
        return service;

        async Task ObservedAsync(CancellationToken stopping)
        {
            _running = true;
            try
            {
                await run(stopping);
            }
            finally
            {
                _running = false;
            }
        }
    }

    private Task SettleAsync() => Eventually.TrueAsync(
        () => _time.IsAwaited || _running || _service.ExecuteTask!.IsCompleted, "the loop waits, runs or has ended");

    private Task RunAsync(CancellationToken stopping)
    {
        _runs.Add(_time.GetUtcNow());
        return Task.CompletedTask;
    }

    // In steps of seconds, as a clock goes, each when the loop has done what the last one called for.
    private async Task AdvanceAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await SettleAsync();
        }
    }

    private async Task AdvanceToRunsAsync(TimeSpan time, int runs)
    {
        await AdvanceAsync(time);
        await Eventually.TrueAsync(() => _runs.Count >= runs, $"run {runs}");
        Assert.That(_runs, Has.Count.EqualTo(runs));
    }

    private sealed class NeverStopping : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => throw new NotSupportedException();
    }
}

/// <summary>A clock moved by hand that knows whether a timer waits for it.</summary>
internal sealed class ObservedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private int _waits;

    public bool IsAwaited => Volatile.Read(ref _waits) > 0;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(
            _ =>
            {
                Interlocked.Decrement(ref _waits);
                callback(state);
            },
            null,
            dueTime,
            period);
        Interlocked.Increment(ref _waits);
        return timer;
    }
}
