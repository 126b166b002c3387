using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;

namespace OpsMantik.Functions.Tests.Queue;

public class CircuitSignalTests
{
    private static readonly UploadOutcome Arrived = UploadOutcome.Completed();
    private static readonly UploadOutcome Unavailable = UploadOutcome.Retry("HTTP_503", ErrorCategory.Transient, "down");
    private static readonly UploadOutcome Refused = UploadOutcome.Failed("EXPIRED_EVENT", ErrorCategory.Validation, "old");
    private static readonly UploadOutcome Waiting =
        UploadOutcome.Postponed("TOO_RECENT_EVENT", ErrorCategory.Transient, "wait", TimeSpan.FromHours(6));

    [Test]
    public void Any_success_counts_as_success() =>
        Assert.That(CircuitSignals.Of([Unavailable, Refused, Arrived]), Is.EqualTo(CircuitSignal.Success));

    [Test]
    public void A_transient_failure_without_any_success_counts() =>
        Assert.That(CircuitSignals.Of([Refused, Unavailable]), Is.EqualTo(CircuitSignal.TransientFailure));

    [Test]
    public void Refusals_and_waits_say_nothing() =>
        Assert.That(CircuitSignals.Of([Refused, Waiting]), Is.EqualTo(CircuitSignal.None));
}
