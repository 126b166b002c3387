using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;

namespace OpsMantik.Functions.Tests.Queue;

public class RetryPolicyTests
{
    [TestCase(0, 5)]
    [TestCase(1, 10)]
    [TestCase(5, 160)]
    [TestCase(8, 1280)]
    [TestCase(9, 1440)]
    [TestCase(10_000, 1440)]
    public void The_delay_doubles_from_5_minutes_to_24_hours(int retryCount, double minutes) =>
        Assert.That(RetryPolicy.Delay(retryCount, jitter: 0), Is.EqualTo(TimeSpan.FromMinutes(minutes)));

    [Test]
    public void Jitter_only_lengthens_by_up_to_a_tenth() =>
        Assert.That(RetryPolicy.Delay(0, jitter: 1), Is.EqualTo(TimeSpan.FromMinutes(5.5)));

    [Test]
    public void The_seventh_attempt_is_the_last()
    {
        var outcome = UploadOutcome.Retry("HTTP_503", ErrorCategory.Transient, "unavailable");

        Assert.Multiple(() =>
        {
            Assert.That(Apply(outcome, retryCount: 5).Status, Is.EqualTo(JobStatus.Retry));
            Assert.That(Apply(outcome, retryCount: 6).Status, Is.EqualTo(JobStatus.Failed));
            Assert.That(Apply(outcome, retryCount: 6).Wait, Is.Null);
            Assert.That(Apply(outcome, retryCount: 6).Outcome.Code, Is.EqualTo("HTTP_503"), "the reason stays");
        });
    }

    [Test]
    public void Waiting_spends_no_attempt_and_never_runs_out()
    {
        var outcome = UploadOutcome.Postponed("TOO_RECENT_EVENT", ErrorCategory.Transient, "wait", TimeSpan.FromHours(6));
        var result = Apply(outcome, retryCount: 6);

        Assert.Multiple(() =>
        {
            Assert.That(result.Status, Is.EqualTo(JobStatus.Retry));
            Assert.That(result.Wait, Is.EqualTo(TimeSpan.FromHours(6)));
            Assert.That(result.Outcome.SpendsAttempt, Is.False);
        });
    }

    [TestCase(30, 5, TestName = "A_shorter_wait_than_the_policy_is_lengthened")]
    [TestCase(3_600, 60, TestName = "A_longer_wait_than_the_policy_is_honoured")]
    public void A_provider_may_ask_for_more_patience(int askedSeconds, double expectedMinutes)
    {
        var outcome = UploadOutcome.Retry(
            "RESOURCE_EXHAUSTED", ErrorCategory.RateLimit, "slow down", TimeSpan.FromSeconds(askedSeconds));

        Assert.That(Apply(outcome, retryCount: 0).Wait, Is.EqualTo(TimeSpan.FromMinutes(expectedMinutes)));
    }

    [Test]
    public void A_refusal_fails_at_once() =>
        Assert.That(Apply(UploadOutcome.Failed("EXPIRED_EVENT", ErrorCategory.Validation, "too old"), 0).Status,
            Is.EqualTo(JobStatus.Failed));

    private static JobResult Apply(UploadOutcome outcome, int retryCount) =>
        RetryPolicy.Apply(Jobs.One().Id, retryCount, outcome, "order", jitter: 0);
}
