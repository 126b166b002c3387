using System.Text.Json;
using NCrontab;
using OpsMantik.Core.Alerts;
using OpsMantik.Core.Database;
using OpsMantik.Core.Runs;
using OpsMantik.Core.Status;

namespace OpsMantik.Web;

/// <summary>
/// What this app does for its callers: the jobs of Core, as timers and endpoints start them. The end of a run is noted.
/// </summary>
internal sealed record WorkerJobs(
    Func<UploadRequest, CancellationToken, Task<UploadSummary>> Upload,
    Func<int, CancellationToken, Task<int>> Recover,
    Func<CancellationToken, Task<ConfirmSummary>> Confirm,
    Func<ReconcileRequest, CancellationToken, Task<ReconcileSummary>> Reconcile,
    Func<Guid, string, JsonElement, string, CancellationToken, Task<SeedResult>> Seed,
    Func<CancellationToken, Task<DatabaseStatus>> CheckDatabase,
    Func<CancellationToken, Task<DatabaseStatus>> ProbeDatabase)
{
    public static WorkerJobs From(IServiceProvider services)
    {
        var ticks = services.GetRequiredService<WorkerTicks>();
        var alerts = services.GetRequiredService<AlertTeller>();
        var upload = services.GetRequiredService<UploadRun>();
        var recovery = services.GetRequiredService<RecoveryRun>();
        var confirm = services.GetRequiredService<ConfirmRun>();
        var reconcile = services.GetRequiredService<ReconcileRun>();
        return new WorkerJobs(
            // Of two jobs, so that each tells when the other is silent.
            (request, stopping) => alerts.AfterAsync(upload.RunAsync(request, stopping)),
            (minutes, stopping) => alerts.AfterAsync(ticks.AfterAsync(WorkerTicks.Recovery, recovery.RunAsync(minutes, stopping))),
            stopping => ticks.AfterAsync(WorkerTicks.Confirm, confirm.RunAsync(stopping)),
            (request, stopping) => ticks.AfterAsync(WorkerTicks.Reconcile, reconcile.RunAsync(request, stopping)),
            services.GetRequiredService<CredentialSeeding>().SeedAsync,
            services.GetRequiredService<DatabaseCheck>().CheckAsync,
            // By a connection that is not of the runs' pool; opened when somebody asks.
            stopping => services.GetRequiredKeyedService<DatabaseCheck>(DatabaseCheck.OfHealth).CheckAsync(stopping));
    }
}

/// <summary>Tells alerts after a run, whatever became of it. Who started the run waits a moment for that, and for an error not at all.</summary>
internal sealed class AlertTeller(AlertRun alerts, JobLateness lateness, TimeProvider time, IHostApplicationLifetime lifetime) : IHostedService
{
    // Most are told by then. A slow receiver is no affair of who waits for the run.
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;
    private Task? _waiting;

    public async Task<T> AfterAsync<T>(Task<T> run)
    {
        T result;
        try
        {
            result = await run;
        }
        catch
        {
            _ = TellAsync();
            throw;
        }

        await TellAsync().WaitAsync(LongestWait, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return result;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What a receiver answered is noted before the database is closed.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task last;
        lock (_gate)
            last = _last;
        await last.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Not with the run's own token: a run that was ended at its limit is told of, too. An app that stops leaves it to the next.
    // One at a time, and one after it, which tells for all runs that ended meanwhile: each reads the whole status.
    private Task TellAsync()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return Task.CompletedTask;
        lock (_gate)
            return _waiting ??= _last = TellAfterAsync(_last);
    }

    private async Task TellAfterAsync(Task last)
    {
        await last.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        lock (_gate)
            _waiting = null;
        await alerts.RunAsync(lateness.Find, lifetime.ApplicationStopping);
    }
}

/// <summary>Which jobs have missed two of their times.</summary>
internal sealed class JobLateness(IConfiguration configuration)
{
    // A run may take nearly all of it.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    private readonly (string Job, string Function, CrontabSchedule Schedule)[] _jobs =
    [
        (WorkerTicks.Upload, FunctionNames.ProcessOfflineConversionsTimer, Schedules.Read(configuration, Schedules.UploadSetting, Schedules.Upload)),
        (WorkerTicks.Recovery, FunctionNames.RecoverProcessingTimer, Schedules.Read(configuration, Schedules.RecoverySetting, Schedules.Recovery)),
        (WorkerTicks.Confirm, FunctionNames.ConfirmUploadsTimer, Schedules.Read(configuration, Schedules.ConfirmationSetting, Schedules.Confirmation)),
        (WorkerTicks.Reconcile, FunctionNames.ReconcileUploadsTimer, Schedules.Read(configuration, Schedules.ReconciliationSetting, Schedules.Reconciliation)),
    ];

    private readonly FunctionSwitches _switches = new(configuration);

    /// <param name="ticks">When each last succeeded. One that never did may be new, as all of this: its times count from now on.</param>
    /// <param name="now">UTC.</param>
    public IEnumerable<LateJob> Find(IReadOnlyList<JobTick> ticks, DateTime now)
    {
        foreach (var (job, function, schedule) in _jobs)
        {
            var tick = ticks.FirstOrDefault(tick => tick.Job == job);
            var late = schedule.GetNextOccurrence(schedule.GetNextOccurrence(tick?.EndedAt ?? now)) + Grace;
            if (tick is null ? !_switches.IsOff(function) : late < now)
                yield return new LateJob(job, late);
        }
    }
}

/// <summary>A timer function: what runs, and when (UTC).</summary>
internal sealed record TimerJob(string Function, CrontabSchedule Schedule, Func<CancellationToken, Task> RunAsync);

/// <summary>Runs a timer's job when its host says that it is due.</summary>
/// <remarks>Whether a function is switched off is the host's business: it lets an operator run such a one by hand.</remarks>
internal sealed class TimerRunner(
    IEnumerable<TimerJob> timers, DatabaseReadiness database, IHostApplicationLifetime lifetime, ILogger<TimerRunner> logger)
{
    /// <param name="function">The name of a timer.</param>
    /// <param name="hostGone">
    /// Cancelled when the host stops or ends this run: it sends nothing new from then on and writes back what is in flight.
    /// </param>
    /// <returns>Null when the timer has run; else why not, which is logged already and safe to show.</returns>
    /// <exception cref="OperationCanceledException">The run was stopped before it did anything that it could report.</exception>
    public async Task<string?> RunAsync(string function, CancellationToken hostGone)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, hostGone);
        var stopping = either.Token;
        try
        {
            if (await database.FindFaultAsync(stopping) is { } away)
            {
                logger.TimerSkipped(function, away);
                return away;
            }

            logger.TimerStarted(function);
            await timers.First(timer => timer.Function == function).RunAsync(stopping);
            return null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            var correlationId = Guid.NewGuid().ToString("N");
            logger.TimerFailed(exception, function, correlationId);
            return $"the run failed, correlation id {correlationId}: the log has why";
        }
    }
}
