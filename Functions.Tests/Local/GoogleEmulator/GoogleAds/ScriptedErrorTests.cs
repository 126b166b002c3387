namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.GoogleAds;

public class ScriptedErrorTests : EmulatorFixture
{
    [TestCase("err-TOO_RECENT_EVENT-a", "conversionUploadError/TOO_RECENT_EVENT at conversions[0].gclid")]
    [TestCase("Cj0-err-EXPIRED_EVENT", "conversionUploadError/EXPIRED_EVENT at conversions[0].gclid")]
    [TestCase("err-UNPARSEABLE_GCLID", "conversionUploadError/UNPARSEABLE_GCLID at conversions[0].gclid")]
    [TestCase("err-ORDER_ID_CONTAINS_PII", "conversionUploadError/ORDER_ID_CONTAINS_PII at conversions[0].order_id")]
    [TestCase("err-NO_CONVERSION_ACTION_FOUND",
        "conversionUploadError/NO_CONVERSION_ACTION_FOUND at conversions[0].conversion_action")]
    [TestCase("err-INTERNAL_ERROR-17", "internalError/INTERNAL_ERROR at conversions[0]")]
    [TestCase("err-TRANSIENT_ERROR", "internalError/TRANSIENT_ERROR at conversions[0]")]
    [TestCase("err-CONCURRENT_MODIFICATION", "databaseError/CONCURRENT_MODIFICATION at conversions[0]")]
    [TestCase("err-RESOURCE_EXHAUSTED", "quotaError/RESOURCE_EXHAUSTED at conversions[0]")]
    [TestCase("err-USER_PERMISSION_DENIED", "authorizationError/USER_PERMISSION_DENIED at conversions[0]")]
    [TestCase("err-CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE",
        "notAllowlistedError/CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE at conversions[0]")]
    [TestCase("err-A_CODE_OF_TOMORROW", "conversionUploadError/A_CODE_OF_TOMORROW at conversions[0]")]
    public async Task A_click_id_fails_with_the_error_it_names_every_time(string gclid, string expected)
    {
        var (_, first) = await UploadAsync(Row(1, "gclid", gclid));
        var (_, second) = await UploadAsync(Row(1, "gclid", gclid));

        Assert.That(Summaries(first), Is.EqualTo([expected]));
        Assert.That(Summaries(second), Is.EqualTo([expected]));
        Assert.That(Emulator.EffectCount, Is.Zero);
    }

    [Test]
    public async Task The_error_points_at_the_click_id_that_was_sent()
    {
        var row = Row(1, "gbraid", "err-EXPIRED_EVENT");
        row.Remove("gclid");

        var (_, json) = await UploadAsync(row);

        Assert.That(Summaries(json), Is.EqualTo(["conversionUploadError/EXPIRED_EVENT at conversions[0].gbraid"]));
    }

    [Test]
    public async Task A_quota_error_of_a_row_says_how_long_to_wait()
    {
        var (_, json) = await UploadAsync(Row(1, "gclid", "err-RESOURCE_TEMPORARILY_EXHAUSTED"));

        Assert.That((string?)Errors(json)[0]!["details"]!["quotaErrorDetails"]!["retryDelay"], Is.EqualTo("30s"));
    }

    [Test]
    public async Task Once_fails_the_first_delivery_and_counts_the_second()
    {
        var (_, first) = await UploadAsync(Row(1, "gclid", "once-INTERNAL_ERROR-1"));
        var (_, second) = await UploadAsync(Row(1, "gclid", "once-INTERNAL_ERROR-1"));
        var (_, third) = await UploadAsync(Row(1, "gclid", "once-INTERNAL_ERROR-1"));

        Assert.That(Summaries(first), Is.EqualTo(["internalError/INTERNAL_ERROR at conversions[0]"]));
        Assert.That(Summaries(second), Is.Empty);
        Assert.That(Summaries(third), Is.EqualTo(
            ["conversionUploadError/CLICK_CONVERSION_ALREADY_EXISTS at conversions[0].gclid"]));
        Assert.That(Emulator.EffectCount, Is.EqualTo(1));
    }
}
