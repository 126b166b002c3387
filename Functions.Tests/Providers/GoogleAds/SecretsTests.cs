using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Providers.GoogleAds;

namespace OpsMantik.Functions.Tests.Providers.GoogleAds;

public class SecretsTests
{
    [Test]
    public async Task Secrets_that_Google_echoes_reach_neither_an_outcome_nor_a_log()
    {
        using var fixture = new GoogleAdsFixture();
        const string Echo = "Bad CANARY-access-1 of CANARY-refresh-token and CANARY-client-secret";
        string[] bodies =
        [
            Answers.Refused(400, "CANARY-access-1", Answers.Error("requestError", "CANARY-access-1", null, Echo)),
            Answers.Refused(403, "X", Answers.Error(
                "notAllowlistedError", "CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE", null, Echo)),
            Answers.Partial([false], Answers.Upload("BRAND_NEW", 0, Echo)),
        ];
        foreach (var body in bodies)
        {
            var status = body.Contains("partialFailureError", StringComparison.Ordinal) ? 200 : 400;
            fixture.Google.AnswerUploads(status, body, ("request-id", "CANARY-access-1"));

            var outcome = await fixture.UploadOneAsync();

            Assert.That(outcome.Message, Does.Contain("[redacted]"));
            Assert.That($"{outcome}", Does.Not.Contain("CANARY"));
        }

        Assert.That(fixture.Log.All, Is.Not.Empty);
        Assert.That(fixture.Log.All, Has.None.Contains("CANARY"));
    }

    [Test]
    public async Task An_error_about_a_row_outside_the_request_is_logged_and_one_about_the_whole_is_not()
    {
        using var fixture = new GoogleAdsFixture();
        fixture.Google.AnswerUploads(200, Answers.Partial([true], Answers.Upload("UNPARSEABLE_GCLID", 7)));
        await fixture.UploadOneAsync();
        Assert.That(fixture.Log.EventIds, Has.One.EqualTo(3008));

        fixture.Google.AnswerUploads(200, Answers.Partial([false], Answers.Upload("INTERNAL_ERROR", null)));
        var outcome = await fixture.UploadOneAsync();
        Assert.That(fixture.Log.EventIds, Has.One.EqualTo(3008));
        Assert.That(outcome.Code, Is.EqualTo("INTERNAL_ERROR"));
    }

    [Test]
    public async Task A_conversion_that_others_counted_is_reported()
    {
        using var fixture = new GoogleAdsFixture();
        fixture.Google.AnswerUploads(
            200, Answers.Partial([false], Answers.Upload("CLICK_CONVERSION_ALREADY_EXISTS", 0)));

        await fixture.UploadAsync(TestConversions.New() with { MayHaveBeenSent = true });
        Assert.That(fixture.Log.EventIds, Has.None.EqualTo(3002));

        await fixture.UploadOneAsync();
        Assert.That(fixture.Log.EventIds, Has.One.EqualTo(3002));
    }

    [TestCase("GoogleAds:BaseAddress", "http://example.com/", "GoogleAds__BaseAddress")]
    [TestCase("GoogleAds:TokenUri", "token", "GoogleAds__TokenUri")]
    [TestCase("GoogleAds:ApiVersion", "25", "ApiVersion")]
    [TestCase("GoogleAds:RequestTimeout", "00:00:00", "RequestTimeout")]
    public void A_bad_setting_is_named(string key, string value, string named)
    {
        var settings = new Dictionary<string, string?> { [key] = value };
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddLogging()
            .AddGoogleAds()
            .BuildServiceProvider();

        Assert.That(
            () => services.GetRequiredService<IStartupValidator>().Validate(),
            Throws.InstanceOf<OptionsValidationException>().With.Message.Contains(named));
    }
}
