namespace OpsMantik.Core.Runs;

/// <summary>When a run must stop starting things, and when it must drop what is under way.</summary>
internal sealed class RunDeadline : IDisposable
{
    /// <summary>
    /// After a stop, batches in flight get this long to be answered and written back. The host allows 20 seconds in all.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(12);

    /// <summary>
    /// After this a batch in flight is dropped, so that what is known of it is still written back: the host ends a run
    /// after the ten minutes of <c>functionTimeout</c> in host.json, and its rows would wait for recovery.
    /// </summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(580);

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly TimeSpan _budget;
    private readonly CancellationToken _stopping;
    private readonly CancellationTokenSource _abandon;
    private readonly CancellationTokenRegistration _onStop;

    public RunDeadline(TimeProvider time, TimeSpan budget, CancellationToken stopping)
    {
        _time = time;
        _started = time.GetTimestamp();
        _budget = budget;
        _stopping = stopping;
        _abandon = new CancellationTokenSource(Longest, time);
        _onStop = stopping.Register(() => _abandon.CancelAfter(Grace));
    }

    /// <summary>Cancelled when even a batch in flight has to be dropped.</summary>
    public CancellationToken Abandon => _abandon.Token;

    /// <summary>No new claim and no new request from now on.</summary>
    public bool Passed => _stopping.IsCancellationRequested || _time.GetElapsedTime(_started) >= _budget;

    public void Dispose()
    {
        _onStop.Dispose();
        _abandon.Dispose();
    }
}

/// <summary>How many groups a run works on at once.</summary>
internal static class GroupParallelism
{
    /// <summary>
    /// Uses the caller's task scheduler. In the app that is the thread pool, in the simulation the scheduler that decides by
    /// its seed what runs next.
    /// </summary>
    public static ParallelOptions Options(int maxGroups) =>
        new() { MaxDegreeOfParallelism = maxGroups, TaskScheduler = TaskScheduler.Current };
}
