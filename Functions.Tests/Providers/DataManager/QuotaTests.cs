using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.GoogleAds;

namespace OpsMantik.Functions.Tests.Providers.DataManager;

public class QuotaTests
{
    private static readonly string OtherSite = DataManagerFixture.CredentialJson
        .Replace("CANARY-refresh-token", "CANARY-other-token").Replace("123-456-7890", "999-456-7890");

    private static readonly string OtherProject = OtherSite.Replace("555000111222", "777000111222");

    private DataManagerFixture _fixture = null!;

    [SetUp]
    public void SetUp() => _fixture = new DataManagerFixture();

    [TearDown]
    public void TearDown() => _fixture.Dispose();

    [TestCase("IngestionWriteRequestsPerDayPerProject", "")]
    [TestCase("WriteRequests", "1/d/{project}")]
    public async Task A_gone_day_is_remembered_for_all_sites_of_the_project_and_no_other(string limit, string unit)
    {
        _fixture.Google.AnswerUploads(429, DataManagerAnswers.QuotaGone(limit, unit));
        var first = await _fixture.UploadOneAsync();
        _fixture.Google.OnUpload = (_, _) => Task.FromResult(_fixture.Accept());

        var second = await _fixture.UploadOneAsync(OtherSite);
        var third = await _fixture.UploadOneAsync(OtherProject);

        Assert.That(new[] { first.Code, second.Code }, Is.All.EqualTo("QUOTA_DAY"));
        Assert.That(new[] { first.SpendsAttempt, second.SpendsAttempt }, Is.All.False);
        Assert.That(second.RetryAfter, Is.EqualTo(TimeSpan.FromHours(20)));
        Assert.That(second.MayHaveBeenSent, Is.False);
        Assert.That(third.Kind, Is.EqualTo(OutcomeKind.Submitted));
        Assert.That(_fixture.Requests, Has.Count.EqualTo(2));
        Assert.That(_fixture.Fixture.Log.EventIds.Count(id => id == 3106), Is.EqualTo(1));

        _fixture.Fixture.Time.Advance(TimeSpan.FromHours(20));
        Assert.That((await _fixture.UploadOneAsync(OtherSite)).Kind, Is.EqualTo(OutcomeKind.Submitted));
    }

    [Test]
    public async Task The_wait_that_Google_tells_counts()
    {
        _fixture.Google.AnswerUploads(429, DataManagerAnswers.QuotaGone(
            "RequestsPerDay", "1/d/{project}", DataManagerAnswers.RetryInfo("3600s")));

        Assert.That((await _fixture.UploadOneAsync()).RetryAfter, Is.EqualTo(TimeSpan.FromHours(1)));
    }

    [TestCase("30s", 30)]
    [TestCase("", 60)]
    public async Task A_gone_minute_pauses_the_project_and_spends_nothing(string delay, double seconds)
    {
        _fixture.Google.AnswerUploads(429, DataManagerAnswers.QuotaGone(
            "RequestsPerMinutePerProject", "1/min/{project}", DataManagerAnswers.RetryInfo(delay)));
        var outcome = await _fixture.UploadOneAsync();
        _fixture.Google.OnUpload = (_, _) => Task.FromResult(_fixture.Accept());

        Assert.That(outcome.Category, Is.EqualTo(ErrorCategory.RateLimit));
        Assert.That(outcome.SpendsAttempt, Is.False);
        Assert.That(outcome.RetryAfter, Is.EqualTo(TimeSpan.FromSeconds(seconds)));

        var other = _fixture.UploadOneAsync(OtherSite);
        Assert.That(_fixture.Requests, Has.Count.EqualTo(1), "it waits its turn");
        _fixture.Fixture.Time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.That((await other.WaitAsync(TimeSpan.FromSeconds(30))).Kind, Is.EqualTo(OutcomeKind.Submitted));
    }

    [Test]
    public async Task Questions_have_a_quota_of_their_own()
    {
        using var fixture = new DataManagerFixture(("DataManager:RequestsPerDay", "1"));
        await fixture.UploadOneAsync();
        Assert.That((await fixture.UploadOneAsync()).Code, Is.EqualTo("QUOTA_DAY"));

        await fixture.ConfirmAsync(0);
        Assert.That(fixture.Requests, Has.Count.EqualTo(2));

        var second = await fixture.ConfirmAsync(0);
        Assert.That(second.Outcomes, Is.Null);
        Assert.That(fixture.Requests, Has.Count.EqualTo(2));
    }

    [TestCase("DataManager:BaseAddress", "http://example.com/", "DataManager__BaseAddress")]
    [TestCase("DataManager:RequestsPerMinute", "0", "RequestsPerMinute")]
    [TestCase("DataManager:RequestTimeout", "00:00:00", "RequestTimeout")]
    public void A_bad_setting_is_named(string key, string value, string named)
    {
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection([new KeyValuePair<string, string?>(key, value)]).Build())
            .AddLogging()
            .AddGoogleAds()
            .BuildServiceProvider();

        Assert.That(
            () => services.GetRequiredService<IStartupValidator>().Validate(),
            Throws.InstanceOf<OptionsValidationException>().With.Message.Contains(named));
    }
}
