using NCrontab;

namespace OpsMantik.Web.Timers;

/// <summary>A timer function: what runs, and when (UTC).</summary>
internal sealed record TimerJob(string Function, CrontabSchedule Schedule, Func<CancellationToken, Task> RunAsync);

/// <summary>Runs a timer's job when its host says that it is due.</summary>
/// <remarks>Whether a function is switched off is not asked here: the host knows, and lets an operator run such a one by hand.</remarks>
internal sealed class TimerRunner(
    IEnumerable<TimerJob> timers, DatabaseGate database, IHostApplicationLifetime lifetime, ILogger<TimerRunner> logger)
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
