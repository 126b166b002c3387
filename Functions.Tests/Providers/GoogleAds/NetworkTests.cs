using OpsMantik.Core.Providers;

namespace OpsMantik.Functions.Tests.Providers.GoogleAds;

public class NetworkTests
{
    private GoogleAdsFixture _fixture = null!;

    [SetUp]
    public void SetUp() => _fixture = new GoogleAdsFixture();

    [TearDown]
    public void TearDown() => _fixture.Dispose();

    [Test]
    public async Task A_silent_Google_is_a_timeout_and_no_exception()
    {
        var reached = Hang();
        var upload = _fixture.UploadOneAsync();
        await reached.WaitAsync(TimeSpan.FromSeconds(30));
        _fixture.Time.Advance(TimeSpan.FromSeconds(61));

        var outcome = await upload.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.That(outcome.Code, Is.EqualTo("TIMEOUT"));
        Assert.That(outcome.Kind, Is.EqualTo(OutcomeKind.Retry));
        Assert.That(outcome.Category, Is.EqualTo(ErrorCategory.Transient));
    }

    [Test]
    public async Task The_callers_cancellation_is_an_exception_and_no_outcome()
    {
        var reached = Hang();
        using var stop = new CancellationTokenSource();
        var upload = _fixture.Provider.UploadAsync(GoogleAdsFixture.Credential(), TestConversions.Many(1), stop.Token);
        await reached.WaitAsync(TimeSpan.FromSeconds(30));
        await stop.CancelAsync();

        Assert.That(async () => await upload, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_broken_connection_is_retried()
    {
        _fixture.Google.OnUpload = (_, _) =>
            throw new HttpRequestException(HttpRequestError.ConnectionError, "CANARY-detail");

        var outcome = await _fixture.UploadOneAsync();

        Assert.That(outcome.Code, Is.EqualTo("CONNECTION"));
        Assert.That(outcome.Kind, Is.EqualTo(OutcomeKind.Retry));
        Assert.That(outcome.Message, Does.Not.Contain("CANARY"));
    }

    [Test]
    public async Task An_endless_answer_is_not_read_to_its_end()
    {
        _fixture.Google.OnUpload = (_, _) =>
            Task.FromResult(new HttpResponseMessage { Content = new ByteArrayContent(new byte[(64 << 20) + 1]) });

        Assert.That((await _fixture.UploadOneAsync()).Code, Is.EqualTo("INVALID_RESPONSE"));
    }

    /// <summary>Lets uploads hang until cancelled.</summary>
    /// <returns>Completes when the first one has arrived.</returns>
    private Task Hang()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Google.OnUpload = async (_, cancellationToken) =>
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("Not reached.");
        };
        return reached.Task;
    }
}
