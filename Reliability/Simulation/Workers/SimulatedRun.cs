namespace OpsMantik.Reliability.Simulation.Workers;

/// <summary>One run of one worker, and what its deadline is judged by.</summary>
internal sealed class SimulatedRun(SimulatedWorker worker, RunKind kind, TimeSpan budget) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeSpan _stalledBefore = worker.Stalled;
    private long _started = worker.Clock.GetTimestamp();
    private long? _stopped;

    public SimulatedWorker Worker => worker;

    public RunKind Kind => kind;

    public CancellationToken Stopping => _stop.Token;

    public TimeSpan Elapsed => worker.Clock.GetElapsedTime(_started);

    public bool BudgetSpent => Elapsed >= budget;

    /// <summary>Time since the start or the stop in which the worker was able to act.</summary>
    public TimeSpan Overtime => _stopped is { } stopped
        ? worker.Clock.GetElapsedTime(stopped) - Stalled
        : Elapsed - budget - Stalled;

    private TimeSpan Stalled => worker.Stalled - _stalledBefore;

    public Task Task { get; set; } = Task.CompletedTask;

    /// <summary>Its first step: a worker may stand still between the timer and it, and no budget is spent by that.</summary>
    public void Begin() => _started = worker.Clock.GetTimestamp();

    public void Stop()
    {
        _stopped ??= worker.Clock.GetTimestamp();
        _stop.Cancel();
    }

    public void Dispose() => _stop.Dispose();
}
