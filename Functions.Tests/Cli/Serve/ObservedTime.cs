using Microsoft.Extensions.Time.Testing;

namespace OpsMantik.Functions.Tests.Cli.Serve;

/// <summary>A clock moved by hand that knows whether anybody waits for it.</summary>
internal sealed class ObservedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private int _waits;

    public bool IsAwaited => Volatile.Read(ref _waits) > 0;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(
            _ =>
            {
                Interlocked.Decrement(ref _waits);
                callback(state);
            },
            null,
            dueTime,
            period);
        Interlocked.Increment(ref _waits);
        return timer;
    }
}
