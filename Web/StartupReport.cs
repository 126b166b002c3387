using OpsMantik.Web.Endpoints;

namespace OpsMantik.Web;

/// <summary>
/// Says at start what is locked, and stops the app on a database that it must not work on. The app
/// listens meanwhile.
/// </summary>
internal sealed class StartupReport(
    DatabaseGate database,
    CronGate cron,
    IHostApplicationLifetime lifetime,
    ILogger<StartupReport> logger) : BackgroundService
{
    /// <summary>Why the app stopped itself; null when it did not.</summary>
    public string? Fault { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (cron.Fault is { } locked)
            logger.CronLocked(locked);

        // Stopping a host that is still starting would end in an exception instead of an orderly stop.
        var started = new TaskCompletionSource();
        await using (lifetime.ApplicationStarted.Register(started.SetResult))
            await started.Task.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stoppingToken.IsCancellationRequested)
            return;

        var status = await database.CheckAsync(stoppingToken);
        if (status.Reachable && status.Fault is { } fault)
        {
            Fault = fault;
            lifetime.StopApplication();
        }
        else if (!status.Ready)
        {
            logger.DatabaseAway(status.WhyAway);
        }
    }
}
