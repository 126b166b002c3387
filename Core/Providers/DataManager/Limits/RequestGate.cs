using Microsoft.Extensions.Logging;

namespace OpsMantik.Core.Providers.DataManager.Limits;

/// <summary>
/// Keeps one kind of request of one Google Cloud project within its limits: so many at once, in any minute, and a day.
/// Own code and not System.Threading.RateLimiting, whose limiters take neither a clock nor a limit that Google announces.
/// </summary>
// The semaphore's wait handle, all that would need disposal, is never used; and a turn may end after the host's services.
#pragma warning disable CA1001
internal sealed class RequestGate(
#pragma warning restore CA1001
    string project, RequestKind kind, DataManagerOptions options, TimeProvider time, ILogger log)
{
    public const string DayQuotaCode = "QUOTA_DAY";
    public const string LocalLimitCode = "LOCAL_RATE_LIMIT";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _places = new(options.ConcurrentRequests, options.ConcurrentRequests);
    private readonly Lock _lock = new();
    private readonly Queue<DateTimeOffset> _lastMinute = [];
    private DateTimeOffset _closedUntil;
    private DateTimeOffset _dayGoneUntil;
    private DateTimeOffset _dayEnd;
    private DateTimeOffset _warnedUntil;
    private int _today;

    /// <summary>Waits for a turn, at most <see cref="DataManagerOptions.LimitWait"/>.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<Turn> EnterAsync(CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + options.LimitWait;
        if (DayQuota() is { } gone)
        {
            return new Turn(gone);
        }

        using var limit = new CancellationTokenSource(options.LimitWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var turn = default(Turn);
        try
        {
            await _places.WaitAsync(either.Token).ConfigureAwait(false);
            turn = new Turn(_places);
            while (true)
            {
                var (refusal, wait) = TryTake(deadline);
                if (refusal is not null)
                {
                    turn.Dispose();
                    return new Turn(refusal);
                }

                if (wait == TimeSpan.Zero)
                {
                    return turn;
                }

                await Task.Delay(wait, time, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            turn?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            return new Turn(LocalLimit(Minute));
        }
    }

    /// <summary>Google asks for a pause of this project's requests.</summary>
    public void Pause(TimeSpan wait)
    {
        lock (_lock)
        {
            _closedUntil = Later(_closedUntil, time.GetUtcNow() + wait);
        }
    }

    /// <summary>Google says that the day's quota is gone.</summary>
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

    /// <summary>A turn taken (no wait), a wait before the next look, or a refusal.</summary>
    private (UploadOutcome? Refusal, TimeSpan Wait) TryTake(DateTimeOffset deadline)
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

            _lastMinute.Enqueue(now);
            _today++;
            return (null, TimeSpan.Zero);
        }
    }

    /// <summary>Null while the day's quota lasts, as far as this process or Google has told.</summary>
    private UploadOutcome? DayQuota()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (now >= _dayEnd)
            {
                (_today, _dayEnd) = (0, PacificDay.EndOf(now));
            }

            var until = _today < options.RequestsPerDay ? _dayGoneUntil : Later(_dayEnd, _dayGoneUntil);
            if (until <= now)
            {
                return null;
            }

            if (now >= _warnedUntil)
            {
                // Once a day, however often Google says it again.
                _warnedUntil = _dayEnd;
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
        "The Google project's limit of Data Manager requests a minute or at once is reached; the row waits its turn.",
        wait);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
