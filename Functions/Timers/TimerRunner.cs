using OpsMantik.Functions.Endpoints;

namespace OpsMantik.Functions.Timers;

/// <summary>Runs a timer when a Functions host says so.</summary>
/// <remarks>
/// Whether a function is switched off is not asked here: the host knows, and lets an operator run such a one by hand.
/// </remarks>
internal sealed class TimerRunner(
    IEnumerable<TimerJob> timers,
    DatabaseGate database,
    FaultAnswers faults,
    IHostApplicationLifetime lifetime,
    ILogger<TimerRunner> logger)
{
    public TimerJob? Find(string function) => timers.FirstOrDefault(timer => timer.Function == function);

    /// <param name="hostGone">
    /// Cancelled when the host says that it stops, or breaks off its call: nothing new is sent from then on.
    /// </param>
    /// <returns>Null when the timer has run; else why it has not, in words that the host may keep.</returns>
    public async Task<EndpointResponse?> RunAsync(TimerJob timer, CancellationToken hostGone)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, hostGone);
        var stopping = either.Token;
        try
        {
            if (await database.FindFaultAsync(stopping) is { } away)
            {
                logger.TimerSkipped(timer.Function, away);
                return EndpointResponse.Unavailable(away);
            }

            logger.TimerStarted(timer.Function);
            await timer.RunAsync(stopping);
            return null;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return FaultAnswers.Stopping;
        }
        catch (Exception exception)
        {
            return faults.Explain(exception, timer.Function);
        }
    }
}
