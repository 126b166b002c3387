using OpsMantik.Core.Providers.DataManager;

namespace OpsMantik.Functions.Tests.Providers.DataManager;

/// <summary>The leases of a database, in memory and by a clock to turn; any number of gates may share it, as processes do.</summary>
internal sealed class MemoryLeases(TimeProvider time) : IRequestLeases
{
    private readonly Dictionary<(string Project, RequestKind Kind), Taken> _taken = [];

    public bool IsAway { get; set; }

    /// <summary>What the next questions end in; null: an answer.</summary>
    public Exception? Fault { get; set; }

    /// <summary>As a database, which does not answer at once.</summary>
    public bool AnswersLater { get; set; }

    /// <summary>What every answer waits for; null: nothing.</summary>
    public Task? Held { get; set; }

    /// <summary>How often somebody asked.</summary>
    public int Questions { get; private set; }

    public int TakenOfMinute => _taken.Values.Sum(taken => taken.OfMinute);

    public int TakenOfDay => _taken.Values.Sum(taken => taken.OfDay);

    public async Task<RequestLease?> TakeAsync(
        string project, RequestKind kind, RequestLimits limits, int wanted, UnsentRequests unsent, CancellationToken cancellationToken)
    {
        if (AnswersLater)
            await Task.Yield();
        if (Held is not null)
            await Held;
        lock (_taken)
        {
            Questions++;
            if (Fault is not null)
                throw Fault;
            if (IsAway)
                return null;
            var now = time.GetUtcNow();
            var minute = now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerMinute));
            var end = PacificDay.EndOf(now);
            var day = DateOnly.FromDateTime(end.UtcDateTime);
            var taken = _taken.GetValueOrDefault((project, kind));
            taken = new(minute, taken.Minute == minute ? taken.OfMinute : 0, day, taken.Day == day ? taken.OfDay : 0);
            if (unsent.Day == day)
                taken = taken with { OfDay = taken.OfDay - unsent.Count };
            if (unsent.Minute == minute.UtcDateTime)
                taken = taken with { OfMinute = taken.OfMinute - unsent.Count };
            var granted = Math.Max(
                0, Math.Min(wanted, Math.Min(limits.PerMinute - taken.OfMinute, limits.PerDay - taken.OfDay)));
            taken = taken with { OfMinute = taken.OfMinute + granted, OfDay = taken.OfDay + granted };
            _taken[(project, kind)] = taken;
            return new RequestLease(
                granted, minute.AddMinutes(1) - now, day, taken.OfDay >= limits.PerDay ? end - now : null, minute.UtcDateTime);
        }
    }

    private readonly record struct Taken(DateTimeOffset Minute, int OfMinute, DateOnly Day, int OfDay);
}
