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
        var alerts = services.GetRequiredService<AlertRun>();
        var lateness = new JobLateness(services.GetRequiredService<IConfiguration>());
        var upload = services.GetRequiredService<UploadRun>();
        var recovery = services.GetRequiredService<RecoveryRun>();
        var confirm = services.GetRequiredService<ConfirmRun>();
        var reconcile = services.GetRequiredService<ReconcileRun>();
        return new WorkerJobs(
            (request, stopping) => TellAfterAsync(upload.RunAsync(request, stopping), stopping),
            (minutes, stopping) => TellAfterAsync(ticks.AfterAsync(WorkerTicks.Recovery, recovery.RunAsync(minutes, stopping)), stopping),
            stopping => ticks.AfterAsync(WorkerTicks.Confirm, confirm.RunAsync(stopping)),
            (request, stopping) => ticks.AfterAsync(WorkerTicks.Reconcile, reconcile.RunAsync(request, stopping)),
            services.GetRequiredService<CredentialSeeding>().SeedAsync,
            services.GetRequiredService<DatabaseCheck>().CheckAsync,
            // By a connection that is not of the runs' pool; opened when somebody asks.
            stopping => services.GetRequiredKeyedService<DatabaseCheck>(DatabaseCheck.OfHealth).CheckAsync(stopping));

        // Of two timers, so that each tells when the other is silent; and when the run's work is written.
        async Task<T> TellAfterAsync<T>(Task<T> run, CancellationToken stopping)
        {
            var result = await run;
            await alerts.RunAsync(lateness.IsLate, stopping);
            return result;
        }
    }
}

/// <summary>Whether a job has missed two of its times.</summary>
internal sealed class JobLateness(IConfiguration configuration)
{
    // A run may take nearly all of it.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, CrontabSchedule> _schedules = new()
    {
        [WorkerTicks.Upload] = Schedules.Read(configuration, Schedules.UploadSetting, Schedules.Upload),
        [WorkerTicks.Recovery] = Schedules.Read(configuration, Schedules.RecoverySetting, Schedules.Recovery),
        [WorkerTicks.Confirm] = Schedules.Read(configuration, Schedules.ConfirmationSetting, Schedules.Confirmation),
        [WorkerTicks.Reconcile] = Schedules.Read(configuration, Schedules.ReconciliationSetting, Schedules.Reconciliation),
    };

    /// <param name="tick">When it last succeeded.</param>
    /// <param name="now">UTC.</param>
    public bool IsLate(JobTick tick, DateTime now) =>
        _schedules.TryGetValue(tick.Job, out var schedule)
        && schedule.GetNextOccurrence(schedule.GetNextOccurrence(tick.EndedAt)) + Grace < now;
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
