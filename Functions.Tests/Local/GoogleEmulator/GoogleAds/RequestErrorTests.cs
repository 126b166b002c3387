using System.Net;
using System.Text.Json.Nodes;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.GoogleAds;

public class RequestErrorTests : EmulatorFixture
{
    [Test]
    public async Task Two_thousand_conversions_are_taken_and_one_more_is_not()
    {
        var (status, json) = await UploadAsync(Enumerable.Range(0, 2_001).Select(Row));
        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((string?)json["error"]!["status"], Is.EqualTo("INVALID_ARGUMENT"));
        Assert.That(Summaries(json), Is.EqualTo(["conversionUploadError/TOO_MANY_CONVERSIONS_IN_REQUEST"]));
        Assert.That(Emulator.EffectCount, Is.Zero);

        await UploadAsync(Enumerable.Range(0, 2_000).Select(Row));
        Assert.That(Emulator.EffectCount, Is.EqualTo(2_000));
    }

    [TestCase("v22", false)]
    [TestCase("v23", true)]
    [TestCase("v26", true)]
    [TestCase("v27", false)]
    public async Task Only_supported_versions_are_answered(string version, bool supported)
    {
        var (status, json) = await PostUploadAsync(Request(Row(1)), version: version);

        Assert.That(status, Is.EqualTo(supported ? HttpStatusCode.OK : HttpStatusCode.BadRequest));
        Assert.That(Summaries(json), Is.EqualTo(supported ? [] : new[] { "requestError/UNSUPPORTED_VERSION" }));
    }

    [Test]
    public async Task The_supported_versions_can_be_set()
    {
        Emulator.SupportedVersions = new HashSet<string> { "v27" };

        Assert.That((await PostUploadAsync(Request(Row(1)), version: "v27")).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await PostUploadAsync(Request(Row(1)))).Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [TestCase("123-456-7890")]
    [TestCase("123456789")]
    [TestCase("12345678901")]
    public async Task A_customer_id_that_is_not_ten_digits_is_refused(string customer)
    {
        var (status, json) = await PostUploadAsync(Request(Row(1)), customer);

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(Summaries(json), Is.EqualTo(["requestError/INVALID_CUSTOMER_ID"]));
    }

    [Test]
    public async Task A_login_customer_id_with_dashes_is_refused()
    {
        Http.DefaultRequestHeaders.Add("login-customer-id", "987-654-3210");

        var (_, json) = await UploadAsync(Row(1));

        Assert.That(Summaries(json), Is.EqualTo(["headerError/INVALID_LOGIN_CUSTOMER_ID"]));
    }

    [Test]
    public async Task A_request_without_conversions_is_refused()
    {
        var (status, json) = await PostUploadAsync(Request());

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(Summaries(json), Is.EqualTo(["requestError/REQUIRED_FIELD_MISSING"]));
    }

    [Test]
    public async Task An_unknown_field_of_a_row_is_named_with_its_place()
    {
        var (status, json) = await UploadAsync(Row(0), Row(1, "orderID", "x"));

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        var error = json["error"]!;
        Assert.That((string?)error["status"], Is.EqualTo("INVALID_ARGUMENT"));
        Assert.That((string?)error["message"], Is.EqualTo(
            "Invalid JSON payload received. Unknown name \"orderID\" at 'conversions[1]': Cannot find field."));
        Assert.That((string?)error["details"]![0]!["@type"], Is.EqualTo("type.googleapis.com/google.rpc.BadRequest"));
        Assert.That((string?)error["details"]![0]!["fieldViolations"]![0]!["field"], Is.EqualTo("conversions[1]"));
        Assert.That(Emulator.EffectCount, Is.Zero);
    }

    [Test]
    public async Task An_unknown_field_of_the_request_is_refused()
    {
        var request = Request(Row(1));
        request["debugEnabled"] = true;

        var (_, json) = await PostUploadAsync(request);

        Assert.That((string?)json["error"]!["message"], Is.EqualTo(
            "Invalid JSON payload received. Unknown name \"debugEnabled\": Cannot find field."));
    }

    [Test]
    public async Task An_unknown_consent_value_is_refused()
    {
        var (_, json) = await UploadAsync(Row(1, "consent", new JsonObject { ["adUserData"] = "MAYBE" }));

        Assert.That((string?)json["error"]!["message"], Is.EqualTo(
            "Invalid JSON payload received. Invalid value at 'conversions[0].consent.adUserData'"));
    }

    [Test]
    public async Task A_body_that_is_no_JSON_is_refused_and_remembered()
    {
        using var response = await Http.PostAsync(Path(), new StringContent("conversions=1"));
        var json = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((string?)json["error"]!["message"], Does.StartWith("Invalid JSON payload received."));
        Assert.That((Emulator.Calls.Single().ConversionCount, Emulator.Calls.Single().Status), Is.EqualTo((0, 400)));
    }
}
