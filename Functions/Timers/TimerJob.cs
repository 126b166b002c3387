using NCrontab;

namespace OpsMantik.Functions.Timers;

/// <summary>A timer function: what runs, and when (UTC).</summary>
internal sealed record TimerJob(string Function, CrontabSchedule Schedule, Func<CancellationToken, Task> RunAsync);
