namespace OpsMantik.Reliability.Faults;

/// <summary>The system's clock, wrong by a fixed span; durations are right.</summary>
internal sealed class ShiftedTime(TimeSpan shift) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + shift;
}
