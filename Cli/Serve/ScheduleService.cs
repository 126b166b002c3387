using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsMantik.Web;

namespace OpsMantik.Cli.Serve;

/// <summary>
/// Runs the timers where no Functions host does. One loop per timer: runs of a timer never overlap, times that pass
/// during a run are left out, and nothing runs at start.
/// </summary>
internal sealed class ScheduleService(
    IEnumerable<TimerJob> timers, FunctionSwitches switches, TimerRunner runner, TimeProvider time, ILogger<ScheduleService> logger)
    : BackgroundService
{
    // A wait is cut up so that a changed clock is noticed, and because one delay cannot last longer than 49 days.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(timers.Where(timer => !switches.IsOff(timer.Function)).Select(timer => LoopAsync(timer, stoppingToken)));

    private async Task LoopAsync(TimerJob timer, CancellationToken stopping)
    {
        var next = NextOf(timer);
        logger.TimerScheduled(timer.Function, timer.Schedule.ToString(), next);
        while (await WaitAsync(next, stopping))
        {
            try
            {
                // What it returns is logged by then.
                await runner.RunAsync(timer.Function, stopping);
            }
            catch (OperationCanceledException)
            {
                // The app stops; the run has left what it did not do in the queue.
            }

            next = NextOf(timer);
        }
    }

    private DateTime NextOf(TimerJob timer) => timer.Schedule.GetNextOccurrence(time.GetUtcNow().UtcDateTime);

    private async Task<bool> WaitAsync(DateTime next, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested && next - time.GetUtcNow().UtcDateTime is { Ticks: > 0 } wait)
        {
            await Task.Delay(wait < LongestWait ? wait : LongestWait, time, stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return !stopping.IsCancellationRequested;
    }
}
