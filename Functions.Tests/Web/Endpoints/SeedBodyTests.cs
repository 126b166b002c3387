using System.Net;
using System.Text;
using OpsMantik.Functions.Tests.Hosts;

namespace OpsMantik.Functions.Tests.Web.Endpoints;

[TestFixtureSource(typeof(HostedWorker), nameof(HostedWorker.Kinds))]
internal sealed class SeedBodyTests(HostKind host)
{
    private const string Site = "11111111-2222-3333-4444-555555555555";
    private const string BadJson =
        "the body must be one JSON object in UTF-8, without duplicate keys and at most 8 levels deep";

    private HostedWorker _app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _app = await HostedWorker.StartAsync(host);

    [OneTimeTearDown]
    public async Task StopAsync() => await _app.DisposeAsync();

    [TestCase("")]
    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("\"CANARY-x\"")]
    [TestCase("{} {}")]
    [TestCase("{\"site_id\":\"CANARY-x\",}")]
    [TestCase("{\"site_id\":\"a\",\"site_id\":\"b\"}")]
    [TestCase("{\"credentials\":{\"client_secret\":\"CANARY-a\",\"client_secret\":\"CANARY-b\"}}")]
    [TestCase("{\"credentials\":{\"client_secret\":\"\\ud800\"}}")]
    [TestCase("{\"\\udc00\":1}")]
    [TestCase("{\"credentials\":{\"a\":[[[[[[[[1]]]]]]]]}}")]
    public async Task What_is_no_strict_json_object_is_refused(string body) =>
        await AssertRefusedAsync(Encoding.UTF8.GetBytes(body), BadJson);

    [Test]
    public async Task What_is_no_utf8_is_refused() =>
        await AssertRefusedAsync([.. "{\"site_id\":\""u8, 0xFF, 0xFE, .. "\"}"u8], BadJson);

    [TestCase("{}", "site_id must be a UUID")]
    [TestCase("{\"site_id\":7,\"provider_key\":\"google_ads\",\"credentials\":{}}", "site_id must be a UUID")]
    [TestCase("{\"site_id\":\"CANARY-x\",\"provider_key\":\"google_ads\",\"credentials\":{}}", "site_id must be a UUID")]
    [TestCase("{\"site_id\":\"{" + Site + "}\",\"provider_key\":\"google_ads\",\"credentials\":{}}", "site_id must be a UUID")]
    [TestCase("{\"site_id\":\"" + Site + "\",\"credentials\":{}}", "provider_key must be a text")]
    [TestCase("{\"site_id\":\"" + Site + "\",\"provider_key\":null,\"credentials\":{}}", "provider_key must be a text")]
    [TestCase("{\"site_id\":\"" + Site + "\",\"provider_key\":\"google_ads\"}", "credentials must be an object")]
    [TestCase(
        "{\"site_id\":\"" + Site + "\",\"provider_key\":\"google_ads\",\"credentials\":\"CANARY-x\"}",
        "credentials must be an object")]
    [TestCase(
        "{\"site_id\":\"" + Site + "\",\"provider_key\":\"google_ads\",\"credentials\":{},\"CANARY-x\":1}",
        "the body has an unknown field; known: site_id, provider_key, credentials")]
    [TestCase(
        "{\"site_id\":\"" + Site + "\",\"provider_key\":\"CANARY-x\",\"credentials\":{}}",
        "provider_key must be one of: google_ads")]
    public async Task A_wrong_field_is_named_and_its_value_is_not(string body, string error) =>
        await AssertRefusedAsync(Encoding.UTF8.GetBytes(body), error);

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_good_body_gets_as_far_as_the_database_with_or_without_a_byte_order_mark(bool mark)
    {
        var body = $$$"""{"site_id":"{{{Site}}}","provider_key":"google_ads","credentials":{"customer_id":"1"}}""";
        using var content = new StringContent((mark ? "\uFEFF" : "") + body);

        using var response = await _app.PostAsync(Paths.Seed, content);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
    }

    private async Task AssertRefusedAsync(byte[] body, string error)
    {
        using var content = new ByteArrayContent(body);

        using var response = await _app.PostAsync(Paths.Seed, content);

        var answer = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(answer, Does.StartWith($$"""{"ok":false,"error":"{{error}}"""));
        Assert.That(answer, Does.Not.Contain("CANARY-"));
    }
}
