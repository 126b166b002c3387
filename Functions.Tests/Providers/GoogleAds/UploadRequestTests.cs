using System.Globalization;
using System.Numerics;
using System.Text.Json;
using CsCheck;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers.GoogleAds;

namespace OpsMantik.Functions.Tests.Providers.GoogleAds;

public class UploadRequestTests
{
    [Test]
    public async Task The_request_is_what_Google_documents()
    {
        using var fixture = new GoogleAdsFixture();
        var conversion = TestConversions.New() with
        {
            Time = new DateTimeOffset(2026, 11, 20, 15, 4, 5, 678, TimeSpan.FromHours(3)),
        };

        await fixture.UploadAsync(conversion);

        var request = fixture.Google.Uploads.Single();
        Assert.That(request.Method, Is.EqualTo(HttpMethod.Post));
        Assert.That(
            request.Uri.AbsoluteUri,
            Is.EqualTo("https://googleads.googleapis.com/v25/customers/1234567890:uploadClickConversions"));
        Assert.That(request.Headers["authorization"], Is.EqualTo("Bearer CANARY-access-1"));
        Assert.That(request.Headers.Keys, Does.Not.Contain("login-customer-id").And.Not.Contain("developer-token"));
        Assert.That(request.Body, Is.EqualTo($$"""
            {"conversions":[{"conversionAction":"customers/1234567890/conversionActions/456",
            "gclid":"{{conversion.Click!.Value.Value}}","conversionDateTime":"2026-11-20 12:04:05\u002B00:00",
            "conversionValue":123.45,"currencyCode":"TRY","orderId":"{{conversion.OrderId}}"}],"partialFailure":true}
            """.ReplaceLineEndings("")));
    }

    [Test]
    public async Task Manager_and_developer_token_are_sent_when_the_credentials_hold_them()
    {
        using var fixture = new GoogleAdsFixture();
        var json = GoogleAdsFixture.CredentialJson.Trim()[..^1]
            + ""","login_customer_id":"098-765-4321","developer_token":"CANARY-developer"}""";

        await fixture.Provider.UploadAsync(
            GoogleAdsFixture.Credential(json), TestConversions.Many(1), CancellationToken.None);

        var headers = fixture.Google.Uploads.Single().Headers;
        Assert.That(headers["login-customer-id"], Is.EqualTo("0987654321"));
        Assert.That(headers["developer-token"], Is.EqualTo("CANARY-developer"));
    }

    [TestCase(ClickIdKind.Gclid, "gclid")]
    [TestCase(ClickIdKind.Gbraid, "gbraid")]
    [TestCase(ClickIdKind.Wbraid, "wbraid")]
    public void Exactly_one_click_id_is_sent(ClickIdKind kind, string member)
    {
        var json = Write(TestConversions.New() with { Click = new ClickId(kind, "the-click") });

        string[] ids = ["gclid", "gbraid", "wbraid"];
        Assert.That(ids.Where(id => json.TryGetProperty(id, out _)), Is.EqualTo(new[] { member }));
        Assert.That(json.GetProperty(member).GetString(), Is.EqualTo("the-click"));
    }

    [Test]
    public void Consent_is_sent_as_recorded_and_never_invented()
    {
        var conversion = TestConversions.New();

        Assert.That(Consent(null), Is.Null);
        Assert.That(Consent(new Consent(null, true)), Is.Null);
        Assert.That(Consent(new Consent(true, true)), Is.EqualTo("""{"adUserData":"GRANTED"}"""));
        Assert.That(Consent(new Consent(false, null)), Is.EqualTo("""{"adUserData":"DENIED"}"""));

        string? Consent(Consent? consent) =>
            Write(conversion with { Consent = consent }).TryGetProperty("consent", out var sent)
                ? sent.GetRawText()
                : null;
    }

    [Test]
    public void Every_amount_of_every_currency_is_written_to_the_last_digit() =>
        Gen.Select(
            Gen.OneOf(Gen.Long, Gen.Const(long.MaxValue), Gen.Const(long.MinValue), Gen.Long[0, 100_000]),
            TestConversions.AnyCurrency).Sample((minor, currency) =>
        {
            var text = Write(TestConversions.New() with { Value = new Money(minor, currency) })
                .GetProperty("conversionValue").GetRawText();
            // By the digits alone: a floating-point number on the way would lose the last of nineteen.
            var (whole, fraction) = text.TrimStart('-').Split('.') is [var left, var right] ? (left, right) : (text.TrimStart('-'), "");
            var digits = whole + fraction.PadRight(currency.MinorUnitDigits, '0');
            return fraction.Length <= currency.MinorUnitDigits
                && BigInteger.Parse(digits, CultureInfo.InvariantCulture) == BigInteger.Abs(minor)
                && text.StartsWith('-') == minor < 0;
        });

    private static JsonElement Write(Conversion conversion) => JsonSerializer.SerializeToElement(
        new UploadRequest([ClickConversions.From(conversion, "customers/1/conversionActions/2")], true),
        GoogleAdsJson.Default.UploadRequest).GetProperty("conversions")[0];
}
