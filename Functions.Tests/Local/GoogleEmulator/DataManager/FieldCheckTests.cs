using System.Net;
using System.Text.Json.Nodes;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.DataManager;

public class FieldCheckTests : DataManagerFixture
{
    [TestCase("transactionId", null, "transaction_id REQUIRED_FIELD_MISSING")]
    [TestCase("transactionId", "\"123456\"", "transaction_id INVALID_FORMAT")]
    [TestCase("eventTimestamp", null, "event_timestamp REQUIRED_FIELD_MISSING")]
    [TestCase("eventTimestamp", "\"2026-11-20 12:00:00+03:00\"", "event_timestamp INVALID_FORMAT")]
    [TestCase("eventTimestamp", "\"2026-11-20T12:00:00\"", "event_timestamp INVALID_FORMAT")]
    [TestCase("eventTimestamp", "\"2026-02-30T12:00:00Z\"", "event_timestamp INVALID_FORMAT")]
    [TestCase("eventSource", null, "event_source REQUIRED_FIELD_MISSING")]
    [TestCase("eventSource", "\"PIGEON\"", "event_source INVALID_ENUM_VALUE")]
    [TestCase("currency", null, "currency REQUIRED_FIELD_MISSING")]
    [TestCase("currency", "\"try\"", "currency INVALID_CURRENCY_CODE")]
    [TestCase("consent", """{"adUserData":"GRANTED"}""", "consent.ad_user_data INVALID_ENUM_VALUE")]
    [TestCase("consent", """{"adPersonalization":"YES"}""", "consent.ad_personalization INVALID_ENUM_VALUE")]
    [TestCase("adIdentifiers", null, "ad_identifiers NO_IDENTIFIERS_PROVIDED")]
    [TestCase("adIdentifiers", """{"gclid":""}""", "ad_identifiers NO_IDENTIFIERS_PROVIDED")]
    [TestCase("adIdentifiers", """{"gclid":"a","gbraid":"b"}""", "ad_identifiers INVALID_EVENT")]
    [TestCase("destinationReferences", """["d9"]""", "destination_references[0] INVALID_DESTINATION")]
    public async Task One_bad_event_fails_the_whole_request_and_is_named(string field, string? value, string expected)
    {
        var bad = Event(1);
        bad[field] = value is null ? null : JsonNode.Parse(value);

        var (status, json) = await IngestAsync(Event(0), bad, Event(2));
        Time.Advance(Emulator.ProcessingDelay);

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(Violations(json), Is.EqualTo([$"events[1].{expected}"]));
        Assert.That(Emulator.EffectCount, Is.Zero);
    }

    [TestCase("""{"operatingAccount":null}""", "operating_account REQUIRED_FIELD_MISSING")]
    [TestCase("""{"operatingAccount":{"accountId":"1234567890"}}""",
        "operating_account.account_type REQUIRED_FIELD_MISSING")]
    [TestCase("""{"operatingAccount":{"accountType":"ADS","accountId":"1234567890"}}""",
        "operating_account.account_type INVALID_ENUM_VALUE")]
    [TestCase("""{"operatingAccount":{"accountType":"GOOGLE_ADS","accountId":"123-456-7890"}}""",
        "operating_account.account_id INVALID_NUMBER_FORMAT")]
    [TestCase("""{"operatingAccount":{"accountType":"GOOGLE_ADS","accountId":"12345"}}""",
        "operating_account.account_id INVALID_DESTINATION")]
    [TestCase("""{"loginAccount":{"accountType":"GOOGLE_ADS"}}""", "login_account.account_id REQUIRED_FIELD_MISSING")]
    [TestCase("""{"productDestinationId":null}""", "product_destination_id REQUIRED_FIELD_MISSING")]
    [TestCase("""{"productDestinationId":"customers/1/conversionActions/7"}""",
        "product_destination_id INVALID_CONVERSION_ACTION_ID")]
    public async Task A_bad_destination_is_named(string change, string expected)
    {
        var request = Ingestion(Event(1));
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
            request["destinations"]![0]![name] = value?.DeepClone();

        var (status, json) = await PostIngestAsync(request);

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(Violations(json), Is.EqualTo([$"destinations[0].{expected}"]));
    }

    [Test]
    public async Task A_refusal_has_Googles_shape()
    {
        var (_, json) = await IngestAsync(Event(1, "bad-INVALID_EVENT"));

        var id = Emulator.IngestCalls[0].RequestId;
        Assert.That(json.ToJsonString(), Is.EqualTo(
            $$$"""{"error":{"code":400,"message":"There was a problem with the request.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"INVALID_ARGUMENT","domain":"datamanager.googleapis.com","metadata":{"requestId":"{{{id}}}"}},{"@type":"type.googleapis.com/google.rpc.RequestInfo","requestId":"{{{id}}}"},{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"events[0].ad_identifiers.gclid","description":"This event is not valid.","reason":"INVALID_EVENT"}]}]}}"""));
    }

    [Test]
    public async Task Every_bad_event_is_named_and_an_error_without_a_field_path_shows_only_alone()
    {
        var (_, both) = await IngestAsync(
            Event(0, "mute-INVALID_EVENT-0"), Event(1, "bad-INVALID_EVENT-1"), Event(2, "bad-RESERVED_NAME_USED-2"));
        var (status, mute) = await IngestAsync(Event(0, "mute-INVALID_EVENT-0"), Event(3));

        Assert.That(Violations(both), Is.EqualTo(
            ["events[1].ad_identifiers.gclid INVALID_EVENT", "events[2].ad_identifiers.gclid RESERVED_NAME_USED"]));
        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(Detail(mute, "BadRequest"), Is.Null);
        Assert.That((string?)Detail(mute, "ErrorInfo")!["reason"], Is.EqualTo("INVALID_EVENT"));
    }

    [Test]
    public async Task Paths_start_as_in_Googles_example_when_a_test_sets_it()
    {
        Emulator.NestedEventPaths = true;

        var (_, json) = await IngestAsync(Event(1, "bad-INVALID_EVENT"));

        Assert.That(Violations(json), Is.EqualTo(["events.events[0].ad_identifiers.gclid INVALID_EVENT"]));
    }

    [TestCase(0, "events REQUIRED_FIELD_MISSING")]
    [TestCase(2001, "events TOO_MANY_EVENTS")]
    public async Task The_number_of_events_is_bounded(int count, string expected)
    {
        var (_, json) = await IngestAsync(Enumerable.Range(0, count).Select(number => Event(number)));

        Assert.That(Violations(json), Is.EqualTo([expected]));
    }

    [Test]
    public async Task Destinations_are_required_and_their_references_differ()
    {
        var none = Ingestion(Event(1));
        none["destinations"] = new JsonArray();
        none["events"]![0]!["destinationReferences"] = new JsonArray();
        var same = Ingestion(Event(1));
        same["destinations"]!.AsArray().Add(Destination("1111111111"));

        Assert.That(Violations((await PostIngestAsync(none)).Json),
            Is.EqualTo(["destinations REQUIRED_FIELD_MISSING"]));
        Assert.That(Violations((await PostIngestAsync(same)).Json),
            Is.EqualTo(["destinations DUPLICATE_DESTINATION_REFERENCE"]));
    }

    [Test]
    public async Task A_numeric_transaction_id_passes_validation_alone_as_at_Google()
    {
        var sent = Event(1);
        sent["transactionId"] = "42";
        var request = Ingestion(sent);
        request["validateOnly"] = true;

        Assert.That((await PostIngestAsync(request)).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Unknown_names_are_refused()
    {
        var sent = Event(1);
        sent["orderId"] = "sale-1";

        var (status, json) = await IngestAsync(Event(0), sent);

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((string?)json["error"]!["message"], Is.EqualTo(
            "Invalid JSON payload received. Unknown name \"orderId\" at 'events[1]': Cannot find field."));
        Assert.That(Violations(json), Is.EqualTo(["events[1] "]));
    }
}
