using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.DataManager;

/// <summary>What an event says must be possible; some of it shows at once, some only in processing.</summary>
public class ValueCheckTests : DataManagerFixture
{
    private static readonly string Hash = new('a', 64);

    [TestCase("null")]
    [TestCase("undefined")]
    [TestCase("{gclid}")]
    [TestCase("(not set)")]
    [TestCase(" Cj0K")]
    [TestCase("\"Cj0K\"")]
    [TestCase("https://example.com/?gclid=Cj0K&a=1")]
    [TestCase("Cj0K%2DAB")]
    public async Task A_text_that_is_no_click_id_fails_in_processing_alone(string text) => Assert.That(
        Outcome(await ProcessAsync(Event(0), Event(1, text))),
        Is.EqualTo(["PARTIAL_SUCCESS", "PROCESSING_ERROR_REASON_INVALID_GCLID 1 [1]"]));

    [TestCase("gbraid", "INVALID_GBRAID")]
    [TestCase("wbraid", "INVALID_WBRAID")]
    public async Task Each_kind_of_click_id_has_its_own_reason(string field, string reason) => Assert.That(
        Outcome(await ProcessAsync(Event(1, "adIdentifiers", $$"""{"{{field}}":"null"}"""))),
        Is.EqualTo(["FAILED", $"PROCESSING_ERROR_REASON_{reason} 1 [0]"]));

    [Test]
    public async Task A_status_without_indices_only_counts_them()
    {
        Emulator.StatusWithIndices = false;

        Assert.That(
            Outcome(await ProcessAsync(Event(0), Event(1, "null"), Event(2, "undefined"))),
            Is.EqualTo(["PARTIAL_SUCCESS", "PROCESSING_ERROR_REASON_INVALID_GCLID 2"]));
    }

    [TestCase("JPY", "123.45")]
    [TestCase("TRY", "12.345")]
    [TestCase("KWD", "12.3456")]
    [TestCase("TRY", "-1")]
    public async Task A_value_that_its_currency_cannot_express_fails_in_processing(string currency, string value)
    {
        var sent = Event(1, "conversionValue", value);
        sent["currency"] = currency;

        Assert.That(Outcome(await ProcessAsync(sent)), Is.EqualTo(["FAILED", "PROCESSING_ERROR_REASON_INVALID_FORMAT 1 [0]"]));
    }

    [TestCase("JPY", "12345")]
    [TestCase("KWD", "12.345")]
    public async Task A_value_that_its_currency_can_express_is_counted(string currency, string value)
    {
        var sent = Event(1, "conversionValue", value);
        sent["currency"] = currency;

        Assert.That(Outcome(await ProcessAsync(sent)), Is.EqualTo(["SUCCESS"]));
    }

    [Test]
    public async Task An_event_before_its_click_fails_where_the_click_is_known()
    {
        using var told = await Http.PostAsJsonAsync("/emulator/clicks", new { clickId = "click-1", time = "2026-11-20T09:00:01Z" });

        var status = await ProcessAsync(Event(1), Event(2), OfClick1(3, "2026-11-20T09:00:01Z"));

        Assert.That(Outcome(status), Is.EqualTo(
            ["PARTIAL_SUCCESS", "PROCESSING_ERROR_REASON_CONVERSION_PRECEDES_CLICK 1 [0]"]));
    }

    [Test]
    public async Task Two_events_of_one_click_within_a_second_are_one() => Assert.That(
        Outcome(await ProcessAsync(
            OfClick1(1, "2026-11-20T09:00:00.2Z"), OfClick1(2, "2026-11-20T09:00:00.9Z"),
            OfClick1(3, "2026-11-20T09:00:01Z"))),
        Is.EqualTo(["PARTIAL_SUCCESS", "PROCESSING_ERROR_REASON_DUPLICATE_GCLID 1 [1]"]));

    [TestCase("eventTimestamp", "\"2026-11-23T10:00:01Z\"", "event_timestamp EVENT_TIME_INVALID")]
    [TestCase("currency", "\"XYZ\"", "currency INVALID_CURRENCY_CODE")]
    [TestCase("transactionId", "\"someone@example.com\"", "transaction_id INVALID_FORMAT")]
    [TestCase("transactionId", "\"om-05321234567\"", "transaction_id INVALID_FORMAT")]
    [TestCase("adIdentifiers", """{"gbraid":"b","wbraid":"w"}""", "ad_identifiers INVALID_EVENT")]
    public async Task What_shows_at_once_fails_the_whole_request(string field, string value, string expected)
    {
        var (status, json) = await IngestAsync(Event(0), Event(1, field, value));

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(Violations(json), Is.EqualTo([$"events[1].{expected}"]));
    }

    [Test]
    public async Task An_event_of_this_very_second_is_taken() => Assert.That(
        (await IngestAsync(Event(1, "eventTimestamp", "\"2026-11-23T10:00:00Z\""))).Status, Is.EqualTo(HttpStatusCode.OK));

    [TestCase("""{"phoneNumber":"+905321234567"}""", "[1].phone_number INVALID_HEX_ENCODING")]
    [TestCase("""{"phoneNumber":"905321234567"}""", "[1].phone_number INVALID_SHA256_FORMAT")]
    [TestCase("""{"emailAddress":"someone@example.com"}""", "[1].email_address INVALID_HEX_ENCODING")]
    [TestCase("""{"emailAddress":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""",
        "[1].email_address INVALID_SHA256_FORMAT")]
    [TestCase("{}", "[1] REQUIRED_FIELD_MISSING")]
    public async Task What_is_no_hash_fails_the_whole_request(string identifier, string expected)
    {
        var (status, json) = await PostIngestAsync(WithIdentifiers([Email(), JsonNode.Parse(identifier)!.AsObject()]));

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(Violations(json), Is.EqualTo([$"events[0].user_data.user_identifiers{expected}"]));
        Assert.That(json.ToJsonString(), Does.Not.Contain("5321234567").And.Not.Contain("someone"));
    }

    [TestCase(10, new string[0])]
    [TestCase(11, new[] { "events[0].user_data.user_identifiers TOO_MANY_USER_IDENTIFIERS" })]
    public async Task Ten_identifiers_are_the_most(int count, string[] expected)
    {
        var (_, json) = await PostIngestAsync(WithIdentifiers([.. Enumerable.Range(0, count).Select(_ => Email())]));

        Assert.That(json["error"] is null ? [] : Violations(json), Is.EqualTo(expected));
    }

    [TestCase(null, "encoding REQUIRED_FIELD_MISSING")]
    [TestCase("hex", "encoding INVALID_ENUM_VALUE")]
    public async Task Hashes_need_their_encoding(string? encoding, string expected)
    {
        var request = WithIdentifiers([Email()]);
        request["encoding"] = encoding;

        Assert.That(Violations((await PostIngestAsync(request)).Json), Is.EqualTo([expected]));
    }

    [Test]
    public async Task Hashes_are_counted_without_a_click_id()
    {
        var request = WithIdentifiers([Email()]);
        request["events"]![0]!.AsObject().Remove("adIdentifiers");

        await PostIngestAsync(request);
        Time.Advance(Emulator.ProcessingDelay);

        var taken = Emulator.Accepted.Single();
        Assert.That((taken.ClickIdKind, taken.UserIdentifiers), Is.EqualTo(((string?)null, 1)));
    }

    [Test]
    public async Task An_account_that_signed_no_terms_fails_the_events_with_identifiers_alone()
    {
        const string Reason = "DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED";
        Emulator.RefuseIdentifiers(Customer, Reason);
        var request = WithIdentifiers([Email()]);
        request["events"]!.AsArray().Add(Event(2));

        var (_, taken) = await PostIngestAsync(request);
        Time.Advance(Emulator.ProcessingDelay);
        var (_, status) = await GetStatusAsync((string?)taken["requestId"]);

        Assert.That(
            Outcome(status["requestStatusPerDestination"]![0]!),
            Is.EqualTo(["PARTIAL_SUCCESS", $"PROCESSING_ERROR_REASON_{Reason} 1 [0]"]));
    }

    [Test]
    public async Task An_error_that_the_click_id_asks_for_comes_before_what_is_wrong_with_the_event()
    {
        var bad = Event(1, "bad-INVALID_EVENT");
        bad["currency"] = "XYZ";
        var once = Event(2, "once-INTERNAL_ERROR");
        once["conversionValue"] = -1;

        var (_, refused) = await IngestAsync(bad);
        var first = await ProcessAsync(Event(3, "err-X-proc-EVENT_TOO_OLD"), once);
        var second = await ProcessAsync(once.DeepClone().AsObject());

        Assert.That(Violations(refused), Is.EqualTo(["events[0].ad_identifiers.gclid INVALID_EVENT"]));
        Assert.That(Outcome(first), Is.EqualTo(new[]
        {
            "FAILED", "PROCESSING_ERROR_REASON_EVENT_TOO_OLD 1 [0]", "PROCESSING_ERROR_REASON_INTERNAL_ERROR 1 [1]",
        }));
        Assert.That(Outcome(second), Is.EqualTo(["FAILED", "PROCESSING_ERROR_REASON_INVALID_FORMAT 1 [0]"]));
    }

    private static JsonObject Event(int number, string field, string json)
    {
        var sent = Event(number);
        sent[field] = JsonNode.Parse(json);
        return sent;
    }

    private static JsonObject OfClick1(int number, string time)
    {
        var sent = Event(number, "click-1");
        sent["eventTimestamp"] = time;
        return sent;
    }

    private static JsonObject Email() => new() { ["emailAddress"] = Hash };

    private static JsonObject WithIdentifiers(JsonObject[] identifiers)
    {
        var request = Ingestion(Event(1));
        request["events"]![0]!["userData"] = new JsonObject { ["userIdentifiers"] = new JsonArray([.. identifiers]) };
        request["encoding"] = "HEX";
        return request;
    }
}
