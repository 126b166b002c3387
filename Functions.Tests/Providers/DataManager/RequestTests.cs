using System.Globalization;
using System.Text.Json;
using CsCheck;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.DataManager;

namespace OpsMantik.Functions.Tests.Providers.DataManager;

public class RequestTests
{
    private DataManagerFixture _fixture = null!;

    [SetUp]
    public void SetUp() => _fixture = new DataManagerFixture();

    [TearDown]
    public void TearDown() => _fixture.Dispose();

    [Test]
    public async Task The_request_is_what_Google_documents()
    {
        var conversion = TestConversions.New() with
        {
            Time = new DateTimeOffset(2026, 11, 20, 15, 4, 5, 678, TimeSpan.FromHours(3)),
        };

        var outcome = (await _fixture.UploadAsync(conversion))[0];

        var request = _fixture.Requests.Single();
        Assert.That(request.Method, Is.EqualTo(HttpMethod.Post));
        Assert.That(request.Uri.AbsoluteUri, Is.EqualTo("https://datamanager.googleapis.com/v1/events:ingest"));
        Assert.That(request.Headers["authorization"], Is.EqualTo("Bearer CANARY-access-1"));
        Assert.That(request.Headers.Keys, Does.Not.Contain("login-customer-id").And.Not.Contain("developer-token"));
        Assert.That(request.Body, Is.EqualTo($$"""
            {"destinations":[{"reference":"conversion-action",
            "operatingAccount":{"accountType":"GOOGLE_ADS","accountId":"1234567890"},"productDestinationId":"456"}],
            "events":[{"destinationReferences":["conversion-action"],"transactionId":"{{conversion.OrderId}}",
            "eventTimestamp":"2026-11-20T12:04:05Z","eventSource":"WEB",
            "adIdentifiers":{"gclid":"{{conversion.Click!.Value.Value}}"},"conversionValue":123.45,"currency":"TRY"}]}
            """.ReplaceLineEndings("")));
        Assert.That(outcome.Kind, Is.EqualTo(OutcomeKind.Submitted));
        Assert.That(outcome.RequestId, Is.EqualTo("request-1"));
        Assert.That(outcome.RequestIndex, Is.Zero);
    }

    [Test]
    public async Task A_manager_is_the_login_account_and_a_developer_token_is_not_sent()
    {
        await _fixture.UploadOneAsync(DataManagerFixture.CredentialJson.Trim()[..^1]
            + ""","login_customer_id":"098-765-4321","developer_token":"CANARY-developer"}""");

        using var json = JsonDocument.Parse(_fixture.Requests.Single().Body);
        Assert.That(
            json.RootElement.GetProperty("destinations")[0].GetProperty("loginAccount").GetRawText(),
            Is.EqualTo("""{"accountType":"GOOGLE_ADS","accountId":"0987654321"}"""));
        Assert.That(_fixture.Requests.Single().Headers.Values, Has.None.EqualTo("CANARY-developer"));
    }

    [TestCase(ClickIdKind.Gclid, "gclid")]
    [TestCase(ClickIdKind.Gbraid, "gbraid")]
    [TestCase(ClickIdKind.Wbraid, "wbraid")]
    public async Task Exactly_one_click_id_is_sent(ClickIdKind kind, string member)
    {
        var sent = await SendAsync(TestConversions.New() with { Click = new ClickId(kind, "the-click") });

        Assert.That(
            sent.GetProperty("adIdentifiers").GetRawText(), Is.EqualTo($$"""{"{{member}}":"the-click"}"""));
    }

    [TestCase(null, null, null)]
    [TestCase(true, null, """{"adUserData":"CONSENT_GRANTED"}""")]
    [TestCase(null, false, """{"adPersonalization":"CONSENT_DENIED"}""")]
    [TestCase(false, true, """{"adUserData":"CONSENT_DENIED","adPersonalization":"CONSENT_GRANTED"}""")]
    public async Task Consent_is_sent_as_recorded_and_never_invented(bool? userData, bool? personalization, string? json)
    {
        var sent = await SendAsync(TestConversions.New() with { Consent = new Consent(userData, personalization) });

        Assert.That(sent.TryGetProperty("consent", out var consent) ? consent.GetRawText() : null, Is.EqualTo(json));
    }

    [TestCase("12345", "om-12345")]
    [TestCase("١٢٣", "om-١٢٣")]
    [TestCase("A-12345", "A-12345")]
    [TestCase("6f9619ff-8b86-d011-b42d-00c04fc964ff", "6f9619ff-8b86-d011-b42d-00c04fc964ff")]
    public async Task A_purely_numeric_transaction_id_gets_a_prefix(string order, string transaction)
    {
        var sent = await SendAsync(TestConversions.New() with { OrderId = order });

        Assert.That(sent.GetProperty("transactionId").GetString(), Is.EqualTo(transaction));
    }

    [Test]
    public void No_order_id_gives_a_purely_numeric_transaction_id() =>
        Gen.String[Gen.Char["0123456789ab-"], 1, 36].Sample(order =>
        {
            var id = TransactionIds.For(order);
            return !id.All(char.IsDigit) && id.EndsWith(order, StringComparison.Ordinal) && id == TransactionIds.For(order);
        });

    [TestCase(1)]
    [TestCase(12_300)]
    [TestCase(long.MaxValue)]
    public async Task An_amount_of_cents_is_written_exactly(long cents)
    {
        var sent = await SendAsync(TestConversions.New() with { Value = TestConversions.Money(cents) });

        var text = sent.GetProperty("conversionValue").GetRawText();
        Assert.That(decimal.Parse(text, CultureInfo.InvariantCulture) * 100m, Is.EqualTo((decimal)cents));
        Assert.That(text, Does.Not.Contain("E"));
    }

    [Test]
    public async Task A_row_that_cannot_be_sent_does_not_shift_the_indices()
    {
        var rows = TestConversions.Many(4).ToArray();
        rows[1] = rows[1] with { Click = null };

        var outcomes = await _fixture.UploadAsync(rows);

        Assert.That(outcomes.Select(outcome => outcome.RequestIndex), Is.EqualTo(new int?[] { 0, null, 1, 2 }));
        Assert.That(outcomes[1].Code, Is.EqualTo("MISSING_CLICK_ID"));
    }

    private async Task<JsonElement> SendAsync(Conversion conversion)
    {
        await _fixture.UploadAsync(conversion);
        using var json = JsonDocument.Parse(_fixture.Requests.Single().Body);
        return json.RootElement.GetProperty("events")[0].Clone();
    }
}
