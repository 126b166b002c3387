namespace OpsMantik.Core.Providers.DataManager;

/// <summary>Shares out what a Google Cloud project may send in a minute and a day among all processes that send for it.</summary>
internal interface IRequestLeases
{
    /// <summary>
    /// Takes a part of the minute's requests at once, so that hardly a request asks for itself. What is not sent until the minute's
    /// end is lost, but for the day: a process that dies takes no more with it than its lease.
    /// </summary>
    /// <param name="wanted">How many; 0 gives back alone.</param>
    /// <param name="unsent">Of the last lease never sent: given back to its day, and to its minute while that lasts.</param>
    /// <returns>Null when nobody can tell: nothing may be sent.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    Task<RequestLease?> TakeAsync(
        string project, RequestKind kind, RequestLimits limits, int wanted, UnsentRequests unsent, CancellationToken cancellationToken);
}

/// <summary>What one project may send of one kind, over all processes, and how much of it one lease may take.</summary>
internal readonly record struct RequestLimits(int PerMinute, int PerDay)
{
    // Ten leases empty a minute. A small day is not given to the first who asks.
    public int LargestLease => Math.Max(1, Math.Min(PerMinute / 10, PerDay / 100));
}

/// <summary>Requests that were leased and are not sent any more.</summary>
/// <param name="Minute">UTC; that they were taken of.</param>
internal readonly record struct UnsentRequests(int Count, DateOnly Day, DateTime Minute);

/// <param name="Requests">That may be sent; 0 when the minute or the day is used up.</param>
/// <param name="ValidFor">Until the minute ends, counted from before the question was asked.</param>
/// <param name="Day">The day of which they were taken.</param>
/// <param name="DayGoneFor">Until the next day, when no more is left of this one.</param>
/// <param name="Minute">UTC; of which they were taken.</param>
internal sealed record RequestLease(int Requests, TimeSpan ValidFor, DateOnly Day, TimeSpan? DayGoneFor, DateTime Minute);

/// <summary>What is left of a lease. Not thread-safe.</summary>
/// <param name="since">Timestamp of before the lease was asked for.</param>
internal sealed class LeasedRequests(RequestLease lease, long since)
{
    public static readonly LeasedRequests None = new(new RequestLease(0, TimeSpan.Zero, default, null, default), 0);

    private int _left = lease.Requests;

    public bool IsOpen(TimeProvider time) => _left > 0 && IsInMinute(time);

    /// <summary>
    /// How many the next lease should have: what waits now, and twice as many as this one had while they are used up within the minute.
    /// One that sends little leaves the others the minute.
    /// </summary>
    public int Next(int waiting, RequestLimits limits, TimeProvider time) =>
        Math.Clamp(_left == 0 && IsInMinute(time) ? Math.Max(waiting, 2 * lease.Requests) : waiting, 1, limits.LargestLease);

    public bool TryUse(TimeProvider time)
    {
        if (!IsOpen(time))
        {
            return false;
        }

        _left--;
        return true;
    }

    /// <summary>Nothing is used any more.</summary>
    public UnsentRequests End()
    {
        var unsent = new UnsentRequests(_left, lease.Day, lease.Minute);
        _left = 0;
        return unsent;
    }

    private bool IsInMinute(TimeProvider time) => time.GetElapsedTime(since) < lease.ValidFor;
}

/// <summary>
/// Where no database is at hand, as where the command line lists the providers: nothing is let through, for nobody knows what
/// others send.
/// </summary>
internal sealed class NoRequestLeases : IRequestLeases
{
    public Task<RequestLease?> TakeAsync(
        string project, RequestKind kind, RequestLimits limits, int wanted, UnsentRequests unsent, CancellationToken cancellationToken) =>
        Task.FromResult<RequestLease?>(null);
}
