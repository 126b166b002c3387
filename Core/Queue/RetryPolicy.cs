using OpsMantik.Core.Providers;

namespace OpsMantik.Core.Queue;

/// <summary>
/// How long a row waits before it is tried again, and after how many attempts no more. Whether an error is worth a try
/// was decided before, by the provider's table of errors. The numbers are those of docs/runbook.md.
/// </summary>
internal static class RetryPolicy
{
    /// <summary>Real attempts a row gets; the one that spends the last fails it.</summary>
    public const int MaxAttempts = 7;

    public static readonly TimeSpan FirstDelay = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan LongestDelay = TimeSpan.FromHours(24);

    // Spreads rows that failed together; only ever later, so that no wait is shorter than it says.
    private const double JitterShare = 0.1;

    /// <summary>min(5 minutes × 2^retryCount, 24 hours), and up to a tenth more.</summary>
    /// <param name="retryCount">Attempts spent before this one.</param>
    /// <param name="jitter">From 0 to 1, drawn by the caller.</param>
    public static TimeSpan Delay(int retryCount, double jitter)
    {
        var exponent = Math.Clamp(retryCount, 0, 30);
        var nominal = Math.Min(FirstDelay.TotalSeconds * Math.Pow(2, exponent), LongestDelay.TotalSeconds);
        return TimeSpan.FromSeconds(nominal * (1 + JitterShare * jitter));
    }

    /// <summary>Turns an outcome into what the row becomes.</summary>
    /// <param name="retryCount">Attempts spent before this one.</param>
    /// <param name="reference">The order id it was sent under.</param>
    /// <param name="jitter">From 0 to 1, drawn by the caller.</param>
    public static JobResult Apply(Guid id, int retryCount, UploadOutcome outcome, string? reference, double jitter)
    {
        if (outcome.Kind == OutcomeKind.Completed)
            return new JobResult(id, JobStatus.Completed, null, outcome, reference);
        if (outcome.Kind == OutcomeKind.Submitted)
            return new JobResult(id, JobStatus.Submitted, null, outcome, reference);
        // What spends no attempt (a set-up at fault, a click too recent) is tried again without end.
        if (outcome.Kind == OutcomeKind.Failed || (outcome.SpendsAttempt && retryCount >= MaxAttempts - 1))
            return new JobResult(id, JobStatus.Failed, null, outcome, reference);

        // A wait the provider asked for is a lower bound of the wait after a real attempt, and exact otherwise.
        var delay = Delay(retryCount, jitter);
        var wait = outcome switch
        {
            { SpendsAttempt: false, RetryAfter: { } asked } => asked,
            { RetryAfter: { } asked } when asked > delay => asked,
            _ => delay,
        };
        return new JobResult(id, JobStatus.Retry, wait, outcome, reference);
    }
}
