using System.Text.Json;
using System.Text.Json.Nodes;
using OpsMantik.Core.Providers;

namespace OpsMantik.Functions.Tests.Providers.DataManager;

public class CredentialTests
{
    [Test]
    public void Complete_credentials_have_no_fault() => Assert.That(FaultOf(_ => { }), Is.Null);

    [Test]
    public void The_action_may_be_given_by_its_id_alone() => Assert.That(
        FaultOf(json =>
        {
            json.Remove("conversion_action_resource_name");
            json["conversion_action_id"] = "456";
        }),
        Is.Null);

    [TestCase("customer_id")]
    [TestCase("client_id")]
    [TestCase("client_secret")]
    [TestCase("refresh_token")]
    public void A_missing_field_is_named(string field)
    {
        Assert.That(FaultOf(json => json.Remove(field)), Does.StartWith(field));
        Assert.That(FaultOf(json => json[field] = true), Does.StartWith(field));
    }

    [Test]
    public void A_missing_action_is_named_with_both_its_fields() => Assert.That(
        FaultOf(json => json.Remove("conversion_action_resource_name")),
        Does.Contain("conversion_action_id").And.Contain("conversion_action_resource_name"));

    [TestCase("upload_api", "CANARY-api")]
    [TestCase("conversion_action_id", "CANARY-action")]
    [TestCase("conversion_action_id", "457")]
    [TestCase("conversion_action_resource_name", "CANARY-action")]
    [TestCase("login_customer_id", "CANARY-1")]
    [TestCase("service_account", "CANARY-not json")]
    [TestCase("service_account", "[]")]
    [TestCase("service_account", "{}")]
    [TestCase("service_account", """{"type":"CANARY-user","client_email":"a","private_key":"b","project_id":"c"}""")]
    [TestCase("service_account", """{"client_email":"a","private_key":"CANARY-key","project_id":"c"}""")]
    public void A_bad_field_is_named_and_its_value_is_not(string field, string value)
    {
        var fault = FaultOf(json => json[field] = value);

        Assert.That(fault, Does.StartWith(field));
        Assert.That(fault, Does.Not.Contain("CANARY"));
    }

    [Test]
    public void An_unknown_transport_is_answered_with_the_known_ones() => Assert.That(
        FaultOf(json => json["upload_api"] = "other"),
        Is.EqualTo("upload_api must be \"google_ads\" or \"data_manager\"."));

    [Test]
    public async Task Without_a_choice_a_site_stays_on_click_uploads()
    {
        using var fixture = new DataManagerFixture();

        await fixture.UploadOneAsync(DataManagerFixture.CredentialJson.Replace("\"upload_api\":\"data_manager\",", ""));
        await fixture.UploadOneAsync(DataManagerFixture.CredentialJson.Replace("data_manager", "google_ads"));

        Assert.That(fixture.Requests, Has.Count.EqualTo(2));
        Assert.That(
            fixture.Requests.Select(request => request.Uri.AbsolutePath), Is.All.EndsWith(":uploadClickConversions"));
    }

    [Test]
    public async Task Sealed_credentials_at_fault_fail_the_rows_and_leave_questions_open()
    {
        using var fixture = new DataManagerFixture();
        var credential = DataManagerFixture.Credential("""{"upload_api":"data_manager"}""");

        var outcomes = await fixture.Fixture.Provider.UploadAsync(
            credential, TestConversions.Many(2), CancellationToken.None);
        var confirmation = await fixture.Fixture.Provider.ConfirmAsync(
            credential, new SubmittedRequest("request-1", []), CancellationToken.None);

        Assert.That(outcomes.Select(outcome => outcome.Category), Is.All.EqualTo(ErrorCategory.Auth));
        Assert.That(confirmation.Outcomes, Is.Null);
        Assert.That(confirmation.Reason, Does.Contain("customer_id"));
        Assert.That(fixture.Requests, Is.Empty);
    }

    private static string? FaultOf(Action<JsonObject> change)
    {
        using var fixture = new DataManagerFixture();
        var json = JsonNode.Parse(DataManagerFixture.CredentialJson)!.AsObject();
        change(json);
        return fixture.Fixture.Provider.FindFault(JsonSerializer.SerializeToElement(json));
    }
}
