using System.Text.Json;
using System.Text.Json.Nodes;
using OpsMantik.Core.Providers;

namespace OpsMantik.Functions.Tests.Providers.GoogleAds;

public class CredentialTests
{
    [Test]
    public void Complete_credentials_have_no_fault() => Assert.That(FaultOf(_ => { }), Is.Null);

    [Test]
    public void The_documented_example_has_no_fault() => Assert.That(
        FaultOf(json =>
        {
            json["developer_token"] = "";
            json["login_customer_id"] = null;
            json["conversion_action_resource_name"] = "customers/123/conversionActions/456";
        }),
        Is.Null);

    [TestCase("customer_id")]
    [TestCase("client_id")]
    [TestCase("client_secret")]
    [TestCase("refresh_token")]
    [TestCase("conversion_action_resource_name")]
    public void A_missing_field_is_named(string field)
    {
        Assert.That(FaultOf(json => json.Remove(field)), Does.StartWith(field));
        Assert.That(FaultOf(json => json[field] = " "), Does.StartWith(field));
        Assert.That(FaultOf(json => json[field] = true), Does.StartWith(field));
    }

    [TestCase("customer_id", "CANARY-1")]
    [TestCase("customer_id", "12345678901")]
    [TestCase("customer_id", "١٢٣٤٥٦٧٨٩٠")]
    [TestCase("login_customer_id", "CANARY-12")]
    [TestCase("developer_token", "CANARY-\r\nx")]
    [TestCase("conversion_action_resource_name", "customers/CANARY-/conversionActions/456")]
    [TestCase("conversion_action_resource_name", "customers/1/conversionActions/456/../7")]
    public void A_bad_field_is_named_and_its_value_is_not(string field, string value)
    {
        var fault = FaultOf(json => json[field] = value);

        Assert.That(fault, Does.StartWith(field));
        Assert.That(fault, Does.Not.Contain(value));
        Assert.That(fault, Does.Not.Contain("CANARY"));
    }

    [TestCase("https://ads.google.com/aw/conversions/detail?ocid=123&ctId=456&euid=7#top")]
    [TestCase("https://ads.google.com/aw/conversions/detail?ctId=456")]
    public async Task The_pasted_address_of_an_actions_page_names_the_action(string address)
    {
        using var fixture = new GoogleAdsFixture();
        var json = JsonNode.Parse(GoogleAdsFixture.CredentialJson)!.AsObject();
        json["conversion_action_resource_name"] = address;

        await fixture.Provider.UploadAsync(
            GoogleAdsFixture.Credential(json.ToJsonString()), TestConversions.Many(1), CancellationToken.None);

        Assert.That(fixture.Google.Uploads.Single().Body, Does.Contain("\"customers/1234567890/conversionActions/456\""));
    }

    [TestCase("AW-987654321/CANARY-label")]
    [TestCase("aw-987654321")]
    public void What_the_tag_is_written_with_is_refused_with_the_place_of_the_right_id(string text) => Assert.That(
        FaultOf(json => json["conversion_action_resource_name"] = text),
        Does.StartWith("conversion_action_resource_name").And.Contain("ctId=").And.Not.Contain("CANARY"));

    [TestCase("[]")]
    [TestCase("\"CANARY-text\"")]
    [TestCase("null")]
    public void Something_else_than_an_object_is_refused(string text)
    {
        using var fixture = new GoogleAdsFixture();
        using var json = JsonDocument.Parse(text);

        Assert.That(fixture.Provider.FindFault(json.RootElement), Does.Contain("JSON object"));
    }

    [TestCase("{}")]
    [TestCase("CANARY-not json")]
    public async Task Sealed_credentials_at_fault_fail_the_rows_and_nothing_is_sent(string json)
    {
        using var fixture = new GoogleAdsFixture();

        var outcomes = await fixture.Provider.UploadAsync(
            GoogleAdsFixture.Credential(json), TestConversions.Many(2), CancellationToken.None);

        Assert.That(outcomes.Select(outcome => outcome.Code), Is.All.EqualTo("INVALID_CREDENTIALS"));
        Assert.That(outcomes.Select(outcome => outcome.Category), Is.All.EqualTo(ErrorCategory.Auth));
        Assert.That(outcomes[0].Message, Does.Not.Contain("CANARY"));
        Assert.That(fixture.Google.TokenRequests, Is.Empty);
    }

    private static string? FaultOf(Action<JsonObject> change)
    {
        using var fixture = new GoogleAdsFixture();
        var json = JsonNode.Parse(GoogleAdsFixture.CredentialJson)!.AsObject();
        change(json);
        return fixture.Provider.FindFault(JsonSerializer.SerializeToElement(json));
    }
}
