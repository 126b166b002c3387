using Microsoft.Extensions.Logging;

namespace OpsMantik.Core.Providers.DataManager;

/// <summary>
/// Keeps one kind of request of one Google Cloud project within its limits: so many a minute and a day over all workers of the
/// database, by leases; so many at once and in any 60 seconds in this process.
/// Own code and not System.Threading.RateLimiting, whose limiters take neither a clock nor a limit that Google announces.
/// </summary>
// The semaphores' wait handles, all that would need disposal, are never used; and a permit may end after the host's services.
#pragma warning disable CA1001
internal sealed class RequestGate(
#pragma warning restore CA1001
    string project, RequestKind kind, DataManagerOptions options, IRequestLeases leases, TimeProvider time, ILogger log)
{
    public const string DayQuotaCode = "QUOTA_DAY";
    public const string LocalLimitCode = "LOCAL_RATE_LIMIT";
    public const string LimitUnknownCode = "REQUEST_LIMIT_UNKNOWN";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // Those that wait behind a question without an answer do not each ask it again.
    private static readonly TimeSpan UnknownFor = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _places = new(options.ConcurrentRequests, options.ConcurrentRequests);
    private readonly SemaphoreSlim _asking = new(1, 1);
    private readonly Lock _lock = new();
    private readonly Queue<DateTimeOffset> _lastMinute = [];
    private LeasedRequests _leased = LeasedRequests.None;
    private int _waiting;
    private DateTimeOffset _closedUntil;
    private DateTimeOffset _dayGoneUntil;
    private DateTimeOffset _warnedUntil;
    private DateTimeOffset _unknownUntil;

    private RequestLimits Limits => new(options.RequestsPerMinute, options.RequestsPerDay);

    /// <summary>Waits for a permit, at most <see cref="DataManagerOptions.LimitWait"/>.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<RequestPermit> EnterAsync(CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + options.LimitWait;
        if (DayQuota() is { } gone)
        {
            return new RequestPermit(gone);
        }

        using var limit = new CancellationTokenSource(options.LimitWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var permit = default(RequestPermit);
        Interlocked.Increment(ref _waiting);
        try
        {
            await _places.WaitAsync(either.Token).ConfigureAwait(false);
            permit = new RequestPermit(_places);
            while (true)
            {
                var (refusal, wait) = TryTake(deadline);
                if (refusal is not null)
                {
                    permit.Dispose();
                    return new RequestPermit(refusal);
                }

                if (wait == TimeSpan.Zero)
                {
                    return permit;
                }

                if (wait is { } pause)
                {
                    await Task.Delay(pause, time, either.Token).ConfigureAwait(false);
                }
                else if (!await LeaseAsync(either.Token).ConfigureAwait(false))
                {
                    permit.Dispose();
                    return new RequestPermit(LimitUnknown());
                }
            }
        }
        catch (OperationCanceledException)
        {
            permit?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            return new RequestPermit(LocalLimit(Minute));
        }
        catch
        {
            // Else the place would be lost for good.
            permit?.Dispose();
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>The process stops: what is left of its lease is for others, while the minute lasts.</summary>
    public async Task GiveBackAsync(CancellationToken cancellationToken)
    {
        UnsentRequests unsent;
        lock (_lock)
        {
            unsent = _leased.End();
        }

        if (unsent.Count > 0)
            await leases.TakeAsync(project, kind, Limits, 0, unsent, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Google asks for a pause of this project's requests.</summary>
    public void Pause(TimeSpan wait)
    {
        lock (_lock)
        {
            _closedUntil = Later(_closedUntil, time.GetUtcNow() + wait);
        }
    }

    /// <summary>Google says that the day's quota is used up.</summary>
    /// <param name="wait">Until it returns, if Google told; otherwise the end of the day.</param>
    public UploadOutcome CloseForToday(TimeSpan? wait)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            _dayGoneUntil = Later(_dayGoneUntil, wait is null ? PacificDay.EndOf(now) : now + wait.Value);
        }

        return DayQuota() ?? LocalLimit(Minute);
    }

    /// <summary>A permit taken (no wait), a wait before the next look, a refusal, or neither: a lease is to be taken first.</summary>
    private (UploadOutcome? Refusal, TimeSpan? Wait) TryTake(DateTimeOffset deadline)
    {
        if (DayQuota() is { } gone)
        {
            return (gone, TimeSpan.Zero);
        }

        lock (_lock)
        {
            var now = time.GetUtcNow();
            while (_lastMinute.TryPeek(out var oldest) && oldest + Minute <= now)
            {
                _lastMinute.Dequeue();
            }

            var free = _lastMinute.Count < options.RequestsPerMinute ? now : _lastMinute.Peek() + Minute;
            free = Later(free, _closedUntil);
            if (free > deadline)
            {
                return (LocalLimit(free - now), TimeSpan.Zero);
            }

            if (free > now)
            {
                return (null, free - now);
            }

            if (!_leased.TryUse(time))
            {
                return (null, null);
            }

            _lastMinute.Enqueue(now);
            return (null, TimeSpan.Zero);
        }
    }

    /// <summary>Takes the next lease, once for all that wait for it; false when nobody can tell what is left.</summary>
    private async Task<bool> LeaseAsync(CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            UnsentRequests unsent;
            int wanted;
            lock (_lock)
            {
                var now = time.GetUtcNow();
                if (_leased.IsOpen(time) || _closedUntil > now || _dayGoneUntil > now)
                {
                    return true;
                }

                if (_unknownUntil > now)
                {
                    return false;
                }

                wanted = _leased.Next(Volatile.Read(ref _waiting), Limits, time);
                // Given back once at most: an answer that is lost may have been heard.
                unsent = _leased.End();
            }

            // From before the question: the lease ends here before the minute ends there.
            var since = time.GetTimestamp();
            var lease = await leases.TakeAsync(project, kind, Limits, wanted, unsent, cancellationToken).ConfigureAwait(false);
            if (lease is not null)
            {
                Keep(lease, since);
                return true;
            }

            lock (_lock)
            {
                _unknownUntil = time.GetUtcNow() + UnknownFor;
            }

            return false;
        }
        finally
        {
            _asking.Release();
        }
    }

    private void Keep(RequestLease lease, long since)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (lease.Requests > 0)
            {
                _leased = new LeasedRequests(lease, since);
            }
            else if (lease.DayGoneFor is { } wait)
            {
                _dayGoneUntil = Later(_dayGoneUntil, now + wait);
            }
            else
            {
                _closedUntil = Later(_closedUntil, now + lease.ValidFor);
            }
        }
    }

    /// <summary>Null while the day's quota lasts, as far as the leases or Google have told.</summary>
    private UploadOutcome? DayQuota()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var until = _dayGoneUntil;
            if (until <= now)
            {
                return null;
            }

            if (now >= _warnedUntil)
            {
                // Once a day, however often Google says it again.
                _warnedUntil = PacificDay.EndOf(now);
                DataManagerLog.DayQuotaGone(log, project, kind.ToString(), until);
            }

            return UploadOutcome.Postponed(
                DayQuotaCode,
                ErrorCategory.RateLimit,
                $"The Google project's Data Manager requests of the day are used up; they return at {until:u}.",
                until - now);
        }
    }

    private static UploadOutcome LocalLimit(TimeSpan wait) => UploadOutcome.Postponed(
        LocalLimitCode,
        ErrorCategory.RateLimit,
        "The Google project's limit of Data Manager requests a minute or at once is reached; the row waits its permit.",
        wait);

    private static UploadOutcome LimitUnknown() => UploadOutcome.Postponed(
        LimitUnknownCode,
        ErrorCategory.RateLimit,
        "The database could not be asked how many requests to Google are left of this minute; the row waits.",
        Minute);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}

/// <summary>Permission for one request, returned when disposed; or the outcome of the rows when there is none.</summary>
internal sealed class RequestPermit : IDisposable
{
    private SemaphoreSlim? _place;

    public RequestPermit(SemaphoreSlim place) => _place = place;

    public RequestPermit(UploadOutcome refusal) => Refusal = refusal;

    /// <summary>Null when the request may go.</summary>
    public UploadOutcome? Refusal { get; }

    public void Dispose() => Interlocked.Exchange(ref _place, null)?.Release();
}

/// <summary>What Google counts apart.</summary>
internal enum RequestKind
{
    Ingest,
    Status,
}

/// <summary>Google counts its daily quotas from midnight to midnight in Pacific time.</summary>
internal static class PacificDay
{
    private static readonly TimeZoneInfo Zone = FindZone();

    /// <summary>The next midnight after <paramref name="now"/>, when quotas return.</summary>
    public static DateTimeOffset EndOf(DateTimeOffset now)
    {
        var midnight = TimeZoneInfo.ConvertTime(now, Zone).Date.AddDays(1);
        // Clocks change at two in the morning, so every midnight exists exactly once.
        return new DateTimeOffset(midnight, Zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    private static TimeZoneInfo FindZone() =>
        TimeZoneInfo.TryFindSystemTimeZoneById("America/Los_Angeles", out var zone)
        || TimeZoneInfo.TryFindSystemTimeZoneById("Pacific Standard Time", out zone)
            ? zone
            // A container without a time zone database: in summer an hour late, which only waits a little longer.
            : TimeZoneInfo.CreateCustomTimeZone("Pacific", TimeSpan.FromHours(-8), "Pacific", "Pacific");
}
